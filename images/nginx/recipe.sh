reference=docker.io/library/nginx:latest
packages=(nginx-light busybox)
keep='nginx.*|libc6|libcrypt1|libpcre.*|libssl.*|zlib1g|busybox'
config='{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Cmd":["nginx","-g","daemon off;"],
  "ExposedPorts":{"80/tcp":{}},"StopSignal":"SIGQUIT"}'

finish() {
  rm -rf "$tree"/etc/{default,init.d,logrotate.d,ufw} "$tree"/etc/nginx/{sites-*,modules-*,snippets}
  rm -rf "$tree"/usr/share/{apport,vim} "$tree/var/lib/nginx"
  mkdir -p "$tree/var/log/nginx" "$tree/var/lib/nginx"
  ln -sf /dev/stdout "$tree/var/log/nginx/access.log"
  ln -sf /dev/stderr "$tree/var/log/nginx/error.log"
}
