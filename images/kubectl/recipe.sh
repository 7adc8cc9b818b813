reference=docker.io/library/kubectl:latest
packages=(busybox-static)
config='{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Entrypoint":["kubectl"]}'

program=$(static_kubectl) || packages+=(kubernetes-client)

finish() { if [[ -n $program ]]; then install -m 755 "$program" "$tree/usr/bin/kubectl"; fi; }
