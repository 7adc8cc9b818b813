# Packages of the distribution: found, named aloud, then installed. Nothing is installed that is already there.

is_root() { [[ $EUID -eq 0 ]]; }

has() { command -v "$1" >/dev/null 2>&1; }

has_cni() { [[ -x /usr/lib/cni/loopback || -x /opt/cni/bin/loopback ]]; }

# What real containers need, and the images that the project makes itself.
need_runtime() {
  local missing=()
  # Any containerd from 1.6 on will do, whoever packaged it: the distribution's would push another vendor's out. The
  # server tells an older one by its answers: to ask the program itself would take longer than the rest of this.
  has containerd || missing+=(containerd)
  has crun || has runc || missing+=(crun)
  has_cni || missing+=(containernetworking-plugins)
  has nft || missing+=(nftables)
  has ip || missing+=(iproute2)
  has kubectl || missing+=(kubernetes-client)
  for package in "$@"; do missing+=("$package"); done
  install_packages "${missing[@]}"
}

has_python_client() { [[ -d /usr/lib/python3/dist-packages/kubernetes ]]; }

# What only the tests need: a registry to pull from, a client that fills it, and Python's client of the API.
need_test_tools() {
  local extra=()
  has docker-registry || extra+=(docker-registry)
  has skopeo || extra+=(skopeo)
  has_python_client || ! is_known python3-kubernetes || extra+=(python3-kubernetes)
  need_runtime "${extra[@]}"
}

# apt's own words go to a log: they are many, and matter only when it fails.
apt() {
  mkdir -p "$root/build"
  DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" \
    </dev/null >>"$root/build/packages.log" 2>&1
}

is_known() { [[ -n $(apt-cache madison "$1" 2>/dev/null) ]]; }

# install_packages PACKAGE...: installs them all, or ends with the one line that says how to.
install_packages() {
  [[ $# -gt 0 ]] || return 0
  has apt-get || die "missing: $* (Debian's names): install them with this system's package manager"
  is_root || die "missing: $*. Root is needed to install them: sudo apt-get install $*"
  say "installing from the distribution: $*"
  refresh_lists_unless_known "$@"
  (
    keep_services_stopped
    apt install -y --no-install-recommends "$@" || { apt update && apt install -y --no-install-recommends "$@"; }
  ) || die "could not install $* (why: build/packages.log); with a package source in reach, run: apt-get install $*"
}

refresh_lists_unless_known() {
  local package
  for package in "$@"; do
    is_known "$package" && continue
    apt update || say "the package lists could not be refreshed"
    return
  done
}

# Packages such as docker-registry start a server when they are installed. Starling starts its own, when it needs one.
keep_services_stopped() {
  local policy=/usr/sbin/policy-rc.d
  [[ ! -e $policy ]] || return 0
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
}
