""".NET applications and frameworks by what they were published with."""

from __future__ import annotations

import json
from pathlib import Path

from seamline.catalog.dotnet import READER
from seamline.model.evidence import Gap
from seamline.model.purl import purl_of
from tests.scenes import installs_in, read_scene

_FIXTURES = Path(__file__).parent / "fixtures" / "dotnet"
_FRAMEWORK = (_FIXTURES / "Microsoft.NETCore.App.deps.json").read_bytes()
_APP = {
    "runtimeTarget": {"name": ".NETCoreApp,Version=v8.0/linux-x64", "signature": ""},
    "targets": {
        ".NETCoreApp,Version=v8.0": {},
        ".NETCoreApp,Version=v8.0/linux-x64": {
            "Shop/1.4.0": {
                "dependencies": {"Newtonsoft.Json": "13.0.1", "Analyzers": "1.0.0"},
                "runtime": {"Shop.dll": {}},
            },
            "Newtonsoft.Json/13.0.1": {
                "runtime": {"lib/net6.0/Newtonsoft.Json.dll": {"fileVersion": "13.0.1.0"}}
            },
            "Analyzers/1.0.0": {},
            "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": {
                "runtime": {"System.Runtime.dll": {}}
            },
        },
    },
    "libraries": {
        "Shop/1.4.0": {"type": "project", "serviceable": False, "sha512": ""},
        "Newtonsoft.Json/13.0.1": {"type": "package", "serviceable": True, "sha512": "sha512-x"},
        "Analyzers/1.0.0": {"type": "package", "serviceable": True, "sha512": "sha512-y"},
        "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": {"type": "runtimepack", "sha512": ""},
    },
}


def test_an_application_holds_what_brings_a_file() -> None:
    """Analyzers only took part in the build; advisories know a runtime pack by its name without the prefix."""
    found = installs_in(read_scene(READER, [{"app/Shop.deps.json": json.dumps(_APP).encode()}]))
    assert [purl_of(i.package) for i in found] == [
        "pkg:nuget/Shop@1.4.0",
        "pkg:nuget/Newtonsoft.Json@13.0.1",
        "pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@8.0.1",
    ]
    assert len(found[0].depends) == 1


def test_what_the_sdk_published_holds_its_libraries_and_not_what_only_linked_its_sources() -> None:
    """SourceLink took part in the build alone; what it depends on was copied into the output all the same."""
    data = (_FIXTURES / "Python.Runtime.deps.json").read_bytes()
    found = installs_in(read_scene(READER, [{"app/Python.Runtime.deps.json": data}]))
    assert [f"{i.package.name} {i.package.version}" for i in found] == [
        "Python.Runtime 3.2.1",
        "Microsoft.CSharp 4.7.0",
        "System.Buffers 4.6.1",
        "System.IO.Hashing 10.0.12",
        "System.Memory 4.6.3",
        "System.Numerics.Vectors 4.6.1",
        "System.Reflection.Emit 4.7.0",
        "System.Reflection.Emit.ILGeneration 4.7.0",
        "System.Runtime.CompilerServices.Unsafe 6.1.2",
    ]


def test_a_shared_framework_is_what_it_brings() -> None:
    place = "usr/share/dotnet/shared/Microsoft.NETCore.App/3.1.23/Microsoft.NETCore.App.deps.json"
    found = installs_in(read_scene(READER, [{place: _FRAMEWORK}]))
    assert ("runtime.linux-x64.Microsoft.NETCore.App", "3.1.23-servicing.22122.4") in [
        (i.package.name, i.package.version) for i in found
    ]


def test_a_target_without_a_runtime_is_read_too() -> None:
    portable = {**_APP, "runtimeTarget": ".NETCoreApp,Version=v8.0/linux-x64"}
    found = installs_in(read_scene(READER, [{"app/Shop.deps.json": json.dumps(portable).encode()}]))
    assert len(found) == 3


def test_a_broken_document_is_a_gap() -> None:
    for data in (b"", b"[]", b'{"targets": []}', b'{"targets":' * 50_000):
        assert [type(said) for said in read_scene(READER, [{"a.deps.json": data}])] == [Gap]
