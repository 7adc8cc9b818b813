#!/bin/sh
# Gives a sandbox a routed link of its own, without a bridge. Answers on standard output as the Container Network Interface wants.
set -eu

addresses=@ADDRESSES@
gateway=@GATEWAY@
mac=0a:00:00:00:00:01

fail() {
    [ -z "${ip:-}" ] || release
    printf '{"cniVersion": "1.0.0", "code": 100, "msg": "%s"}\n' "$(printf %s "$1" | tr '"\\\n' "'/ ")"
    exit 1
}

# The address is free again only after its link is gone, because the link's name derives from it.
release() {
    ip link delete "$link" 2>/dev/null || true
    rm -f "$addresses/used/$ip" "$addresses/owner/$CNI_CONTAINERID"
}

name() {
    ip=@NETWORK@.$(($1 / 256)).$(($1 % 256))
    link=$(printf '@PREFIX@%04x' "$1")
}

# A file that could be created anew is an address that is now ours.
allocate() {
    next=2
    # Another one may be writing it at this moment: then it is empty.
    [ ! -r "$addresses/next" ] || read -r next < "$addresses/next" || next=2
    tries=0
    while [ "$tries" -lt 65532 ]; do
        [ "$next" -lt 65534 ] || next=2
        name "$next"
        if { set -C; echo "$CNI_CONTAINERID" > "$addresses/used/$ip"; } 2>/dev/null; then
            set +C
            echo "$next" > "$addresses/owner/$CNI_CONTAINERID"
            echo $((next + 1)) > "$addresses/next"
            return
        fi
        next=$((next + 1))
        tries=$((tries + 1))
    done
    ip=
    fail "all addresses of the pod range are in use"
}

add() {
    allocate
    error=$(ip -batch - 2>&1 <<END
link add $link address $mac mtu @MTU@ type veth peer name $CNI_IFNAME mtu @MTU@ netns $CNI_NETNS
link set $link addrgenmode none up
route add $ip dev $link src $gateway
END
    ) || fail "$error"
    error=$(nsenter --net="$CNI_NETNS" ip -batch - 2>&1 <<END
link set lo up
link set $CNI_IFNAME up
addr add $ip/32 dev $CNI_IFNAME
neigh add $gateway lladdr $mac dev $CNI_IFNAME nud permanent
route add $gateway dev $CNI_IFNAME scope link
route add default via $gateway dev $CNI_IFNAME
END
    ) || fail "$error"
    cat <<END
{"cniVersion": "1.0.0",
 "interfaces": [{"name": "$link", "mac": "$mac"}, {"name": "$CNI_IFNAME", "sandbox": "$CNI_NETNS"}],
 "ips": [{"interface": 1, "address": "$ip/32", "gateway": "$gateway"}]}
END
}

del() {
    [ -r "$addresses/owner/$CNI_CONTAINERID" ] || return 0
    read -r index < "$addresses/owner/$CNI_CONTAINERID"
    name "$index"
    release
}

case "$CNI_COMMAND ${0##*/}" in
    VERSION*) echo '{"cniVersion": "1.0.0", "supportedVersions": ["0.3.1", "0.4.0", "1.0.0"]}' ;;
    "ADD loopback") echo '{"cniVersion": "0.3.1", "interfaces": [{"name": "lo"}],
        "ips": [{"version": "4", "address": "127.0.0.1/8", "interface": 0}]}' ;;
    "ADD "*) add ;;
    "DEL loopback") ;;
    "DEL "*) del ;;
esac
