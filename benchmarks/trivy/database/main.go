// Makes a database for Trivy of OSV exports: `go run . EXPORTS CACHE`.
//
// EXPORTS holds `<Ecosystem>/all.zip`; CACHE becomes what `trivy --cache-dir` takes. Languages are read by trivy-db's own reader of
// OSV, distributions are written in the form that trivy-db gives them: release, source package, fixed version. Every record is a flaw
// of its own there, under its own id, so that nothing is merged or overwritten and each finding names the record that it comes from.
package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/aquasecurity/trivy-db/pkg/db"
	"github.com/aquasecurity/trivy-db/pkg/ecosystem"
	"github.com/aquasecurity/trivy-db/pkg/types"
	"github.com/aquasecurity/trivy-db/pkg/vulndb"
	"github.com/aquasecurity/trivy-db/pkg/vulnsrc"
	"github.com/aquasecurity/trivy-db/pkg/vulnsrc/bucket"
	"github.com/aquasecurity/trivy-db/pkg/vulnsrc/osv"
)

var languages = []ecosystem.Type{
	ecosystem.Npm, ecosystem.Composer, ecosystem.Pip, ecosystem.RubyGems, ecosystem.Cargo, ecosystem.NuGet, ecosystem.Maven,
	ecosystem.Go, ecosystem.Erlang, ecosystem.Pub, ecosystem.Swift, ecosystem.Bitnami,
}

// A module of rpm in the summary of a record, as in "nodejs:16 security update".
var module = regexp.MustCompile(`(?:^|[^\w.:-])([a-z0-9][\w+-]*:[A-Za-z0-9][\w.+-]*)`)

// bucketOf is where trivy-db keeps a distribution's release.
func bucketOf(named string) bucket.Bucket {
	family, release, _ := strings.Cut(named, ":")
	release = strings.TrimSuffix(release, ":LTS")
	switch family {
	case "Debian":
		return bucket.NewDebian(release)
	case "Ubuntu":
		if strings.Contains(release, ":") { // Pro, FIPS: sold apart
			return nil
		}
		return bucket.NewUbuntu(release)
	case "Alpine":
		return bucket.NewAlpine(strings.TrimPrefix(release, "v"))
	case "Wolfi":
		return bucket.NewWolfi("")
	case "Chainguard":
		return bucket.NewChainguard("")
	case "AlmaLinux":
		return bucket.NewAlma(release)
	}
	return nil
}

type ownID struct{}

func (ownID) PostParseAffected(advisory osv.Advisory, _ osv.Affected) (osv.Advisory, error) {
	return advisory, nil
}

func (ownID) TransformAdvisories(advisories []osv.Advisory, entry osv.Entry) ([]osv.Advisory, error) {
	for at := range advisories {
		advisories[at].VulnerabilityID = entry.ID
	}
	return advisories, nil
}

type distributions struct {
	folder  string
	dbc     db.Config
	unsaid  int
	written int
}

func (d *distributions) Name() types.SourceID { return types.SourceID("distributions of " + d.folder) }

func (d *distributions) Update(root string) error {
	files, err := filepath.Glob(filepath.Join(root, d.folder, "*.json"))
	if err != nil {
		return err
	}
	return d.dbc.BatchUpdate(func(tx *bolt.Tx) error {
		for _, path := range files {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			var entry osv.Entry
			if err := json.Unmarshal(data, &entry); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if entry.Withdrawn == nil {
				if err := d.put(tx, entry); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (d *distributions) put(tx *bolt.Tx, entry osv.Entry) error {
	isKnown := false
	for _, affected := range entry.Affected {
		place := bucketOf(affected.Package.Ecosystem)
		if place == nil {
			continue
		}
		from, fixed, isSaid := boundsOf(affected)
		if !isSaid || (from != "" && place.Ecosystem() != ecosystem.Alpine) {
			d.unsaid++
			continue
		}
		names := []string{affected.Package.Name}
		if strings.Contains(fixed, ".module_el") {
			names = nil
			for _, found := range module.FindAllStringSubmatch(entry.Summary, -1) {
				names = append(names, found[1]+"::"+affected.Package.Name)
			}
		}
		for _, name := range names {
			advisory := types.Advisory{AffectedVersion: from, FixedVersion: fixed, VendorIDs: entry.Aliases}
			if err := d.dbc.PutAdvisoryDetail(tx, entry.ID, name, []string{place.Name()}, &advisory); err != nil {
				return err
			}
			isKnown = true
			d.written++
		}
	}
	if !isKnown {
		return nil
	}
	source := types.SourceID(d.folder)
	detail := types.VulnerabilityDetail{Title: entry.Summary, Description: entry.Details}
	if err := d.dbc.PutVulnerabilityDetail(tx, entry.ID, source, detail); err != nil {
		return err
	}
	return d.dbc.PutVulnerabilityID(tx, entry.ID)
}

// boundsOf are the version that a flaw came with (none: with the first) and the one that mends it (none: nothing does yet). Of all
// distributions Trivy looks at the first of them for Alpine alone, and its form has room for one pair.
func boundsOf(affected osv.Affected) (string, string, bool) {
	from, fixed, ranges := "", "", 0
	for _, one := range affected.Ranges {
		if one.Type == osv.RangeTypeGit {
			continue
		}
		for _, event := range one.Events {
			if event.LastAffected != "" {
				return "", "", false
			}
			if event.Introduced != "" {
				if event.Introduced != "0" {
					from = event.Introduced
				}
				ranges++
			}
			if event.Fixed != "" {
				fixed = event.Fixed
			}
		}
	}
	return from, fixed, ranges == 1
}

func unpacked(archive, folder string) error {
	opened, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer opened.Close()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, file := range opened.File {
		content, err := file.Open()
		if err != nil {
			return err
		}
		data, err := io.ReadAll(content)
		content.Close()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(file.Name)), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func made(exports, cache string) error {
	work, err := os.MkdirTemp(cache, "making-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := db.Init(work, db.WithBoltOptions(&bolt.Options{NoSync: true})); err != nil {
		return err
	}
	output := filepath.Join(cache, "db")
	sources := map[ecosystem.Type]types.DataSource{}
	for _, each := range languages {
		sources[each] = types.DataSource{ID: "osv", Name: "OSV"}
	}
	archives, err := filepath.Glob(filepath.Join(exports, "*", "all.zip"))
	if err != nil {
		return err
	}
	chosen, targets := map[types.SourceID]vulnsrc.VulnSrc{}, []string{}
	unsaid := []*distributions{}
	for _, archive := range archives {
		name := filepath.Base(filepath.Dir(archive))
		if err := unpacked(archive, filepath.Join(work, name)); err != nil {
			return err
		}
		apart := &distributions{folder: name}
		language := osv.New(name, types.SourceID(name), sources, osv.WithTransformer(ownID{}))
		for _, each := range []vulnsrc.VulnSrc{language, apart} {
			chosen[each.Name()] = each
			targets = append(targets, string(each.Name()))
		}
		unsaid = append(unsaid, apart)
	}
	builder := vulndb.New(work, output, 24*time.Hour, vulndb.WithVulnSrcs(chosen))
	if err := builder.Build(targets); err != nil {
		return err
	}
	for _, each := range unsaid {
		if each.written+each.unsaid > 0 {
			fmt.Printf("%s: %d bounds written, %d that the form cannot say\n", each.folder, each.written, each.unsaid)
		}
	}
	return compacted(filepath.Join(output, "trivy.db"))
}

// compacted writes the database anew without the pages that making it left empty, as the one that Trivy downloads is.
func compacted(path string) error {
	small, err := bolt.Open(path, 0o644, nil)
	if err != nil {
		return err
	}
	if err := bolt.Compact(small, db.Config{}.Connection(), 1<<16); err != nil {
		return err
	}
	if err := small.Close(); err != nil {
		return err
	}
	return db.Close()
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: database EXPORTS CACHE")
		os.Exit(2)
	}
	if err := os.MkdirAll(filepath.Join(os.Args[2], "db"), 0o755); err == nil {
		err = made(os.Args[1], os.Args[2])
		if err == nil {
			return
		}
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(1)
}
