"""Release files of many distributions, real ones, and those of derivatives that leave half of it out."""

from __future__ import annotations

import pytest

from seamline.formats.os_release import parse_os_release, parse_release_file
from tests.data import data_path

REAL = {
    "activestate": ("activestate", "1.0"),
    "alma": ("almalinux", "9.4"),
    "alpine": ("alpine", "3.15.4"),
    "azurelinux-3.0": ("azurelinux", "3.0"),
    "bottlerocket": ("bottlerocket", "1.34.0"),
    "centos": ("centos", "7"),
    "centos-stream": ("centos", "8"),
    "coreos": ("coreos", "3.15.4"),
    "echo": ("echo", "1"),
    "fedora": ("fedora", "42"),
    "mariner-1.0": ("mariner", "1.0"),
    "mariner-2.0": ("mariner", "2.0"),
    "minimos": ("minimos", "20241031"),
    "no-id": None,
    "no-version": ("alpine", ""),
    "opensuseleap-15.2.1": ("opensuse-leap", "15.2.1"),
    "opensuseleap-42.3": ("opensuse", "42.3"),
    "opensusetumbleweed": ("opensuse-tumbleweed", "20220412"),
    "oracle": ("ol", "8.10"),
    "photon": ("photon", "4.0"),
    "rhel": ("rhel", "9.4"),
    "rocky": ("rocky", "9.3"),
    "slemicro": ("sle-micro", "5.3"),
    "slemicro-rancher": ("sle-micro-rancher", "5.4"),
    "slemicro6.0": ("sl-micro", "6.0"),
    "sles": ("sles", "15.3"),
    "unknown": ("unknown", "4.3.2"),
    "by-root/alpine_2_6_6/etc/alpine-release": ("alpine", "2.6.6"),
    "by-root/alpine_3_7_0/etc/os-release": ("alpine", "3.7.0"),
    "by-root/alpine_release_corrupt/etc/alpine-release": None,
    "by-root/centos_5/etc/redhat-release": ("centos", "5.11"),
    "by-root/centos_6/etc/redhat-release": ("centos", "6.9"),
    "by-root/centos_7/etc/os-release": ("centos", "7"),
    "by-root/debian_6/etc/debian_version": ("debian", "6.0.10"),
    "by-root/debian_7/etc/os-release": ("debian", "7"),
    "by-root/debian_8/etc/os-release": ("debian", "8"),
    "by-root/debian_9/etc/os-release": ("debian", "9"),
    "by-root/debian_unstable/etc/os-release": ("debian", ""),
    "by-root/debian_version_corrupt/etc/debian_version": None,
    "by-root/lsb_release_corrupt/etc/lsb-release": None,
    "by-root/oraclelinux_5_11/etc/enterprise-release": ("ol", "5.11"),
    "by-root/oraclelinux_5_11/etc/oracle-release": ("ol", "5.11"),
    "by-root/oraclelinux_5_11/etc/redhat-release": ("rhel", "5.11"),
    "by-root/oraclelinux_6_9/etc/os-release": ("ol", "6.9"),
    "by-root/oraclelinux_7_5/etc/os-release": ("ol", "7.5"),
    "by-root/os_release_corrupt/etc/os-release": None,
    "by-root/redhat_6_5/etc/redhat-release": ("rhel", "6.5"),
    "by-root/redhat_7/etc/os-release": ("rhel", "7.0"),
    "by-root/redhat_7/etc/redhat-release": ("rhel", "7.0"),
    "by-root/sles_15/etc/os-release": ("sles", "15"),
    "by-root/ubuntu_10_04/etc/debian_version": ("debian", "6"),
    "by-root/ubuntu_10_04/etc/lsb-release": ("ubuntu", "10.04"),
    "by-root/ubuntu_12_04/etc/os-release": ("ubuntu", "12.04"),
    "by-root/ubuntu_14_04/etc/os-release": ("ubuntu", "14.04"),
    "by-root/ubuntu_16_04/etc/os-release": ("ubuntu", "16.04"),
    "by-root/ubuntu_18_04/etc/os-release": ("ubuntu", "18.04"),
}


@pytest.mark.data
def test_no_real_file_is_left_out() -> None:
    folder = data_path("package-dbs/os-release")
    assert {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} == set(REAL)


@pytest.mark.data
@pytest.mark.parametrize("name", sorted(REAL))
def test_a_real_file_tells_which_distribution_it_is(name: str) -> None:
    data = data_path(f"package-dbs/os-release/{name}").read_bytes()
    found = parse_release_file(name.encode(), data) if "/" in name else parse_os_release(data)
    assert (None if found is None else (found.id, found.version_id)) == REAL[name]


DERIVATIVES = {
    # as the derivatives' own images write it: what it is, its version, and whose packages it has
    'NAME="openEuler"\nVERSION="22.03 (LTS-SP1)"\nID="openEuler"\nVERSION_ID="22.03"\n': (
        ("openeuler", "22.03"),
        "rhel",
    ),
    'NAME="Anolis OS"\nVERSION="8.8"\nID="anolis"\nID_LIKE="rhel fedora centos"\nVERSION_ID="8.8"\n': (
        ("anolis", "8.8"),
        "rhel",
    ),
    'NAME="Alibaba Cloud Linux"\nID="alinux"\nID_LIKE="rhel fedora centos anolis"\nVERSION_ID="3"\n': (
        ("alinux", "3"),
        "rhel",
    ),
    'NAME="Kylin Linux Advanced Server"\nVERSION="V10 (Sword)"\nID="kylin"\nVERSION_ID="V10"\n': (
        ("kylin", "V10"),
        "rhel",
    ),
    'NAME="Kylin"\nVERSION="10"\nID=kylin\nID_LIKE=debian\nVERSION_ID="v10"\n': (("kylin", "v10"), "debian"),
    'NAME="uos"\nVERSION_ID="20"\nVERSION="20"\nID=uos\n': (("uos", "20"), "debian"),
    'NAME="UOS Server"\nVERSION_ID="20"\nID="uos"\nPLATFORM_ID="platform:uel20"\n': (("uos", "20"), "rhel"),
    'NAME="TencentOS Server"\nID="tencentos"\nID_LIKE="rhel fedora centos"\nVERSION_ID="3.1"\n': (
        ("tencentos", "3.1"),
        "rhel",
    ),
}


@pytest.mark.parametrize("text", DERIVATIVES)
def test_a_derivative_is_itself_and_like_its_elder(text: str) -> None:
    found = parse_os_release(text.encode())
    assert found is not None
    expected, like = DERIVATIVES[text]
    assert (found.id, found.version_id) == expected
    assert like in found.like
