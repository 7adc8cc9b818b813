# The JDK and Maven: found where they are, else installed from the distribution.

readonly least_java=25

# Prints the major version of the JDK in a folder; fails where there is none. It reads a file: to ask would take longer.
java_major() {
  [[ -x $1/bin/javac && -r $1/release ]] || return 1
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# Sets java_home to JAVA_HOME if that is new enough, else to the newest JDK in the system's folder.
find_jdk() {
  local home major best=$((least_java - 1))
  java_home=
  if [[ -n ${JAVA_HOME:-} ]] && major=$(java_major "$JAVA_HOME") && [[ $major -ge $least_java ]]; then
    java_home=$JAVA_HOME
    return 0
  fi
  for home in /usr/lib/jvm/*; do
    if major=$(java_major "$home") && [[ $major -gt $best ]]; then
      best=$major
      java_home=$home
    fi
  done
  [[ -n $java_home ]]
}

newest_jdk_package() {
  has apt-cache || return 0
  apt-cache search --names-only '^openjdk-[0-9]+-jdk-headless$' 2>/dev/null | cut -d ' ' -f 1 | sort -t - -k 2 -n -r \
    | awk -F - -v least=$least_java '$2 >= least { print; exit }'
}

need_jdk() {
  find_jdk && return 0
  local package
  package=$(newest_jdk_package)
  if [[ -z $package ]] && is_root && has apt-get && ! is_known openjdk-17-jdk-headless && ! is_known default-jdk; then
    say "looking for a JDK in the distribution"
    apt update || true
    package=$(newest_jdk_package)
  fi
  [[ -n $package ]] || die "no JDK $least_java or newer found, and this distribution has none: install Temurin" \
    "$least_java from https://adoptium.net, then run with JAVA_HOME=/path/to/it"
  install_packages "$package"
  find_jdk || die "$package is installed, but /usr/lib/jvm holds no JDK $least_java: point JAVA_HOME at one"
}

need_maven() { has mvn || install_packages maven; }

# Maven on the JDK that was found, without that JDK's warnings about Maven's own libraries.
maven() {
  JAVA_HOME=$java_home \
    MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}" \
    mvn -B --no-transfer-progress -Dstyle.color=never -f "$root/pom.xml" "$@"
}
