# Named as builds out there ask for it. Which JDK it holds depends on the distribution, so it says so in four places:
# a label, variables of its environment, /etc/starling-image, and a line that its mvn prints on standard error.
reference=docker.io/library/maven:3.8-jdk-11
packages=(maven default-jdk-headless busybox)
keep='maven|lib.*-java|openjdk-.*|default-j.*|java-common|libc6|libgcc-s1|libstdc.*|zlib1g|busybox'

finish() {
  local java maven
  rm -rf "$tree"/usr/lib/jvm/*/{jmods,demo,man,lib/src.zip,lib/server/classes_nocoops.jsa}
  rm -rf "$tree"/usr/share/{maven-repo,apport}
  java=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$tree"/usr/lib/jvm/default-java/release)
  maven=$(sed -n 's/^maven_\([0-9.]*\).*/\1/p' "$work/packages")
  describe "OpenJDK $java and Maven $maven"
  fill_repository
}

describe() {
  local says="maven:3.8-jdk-11 made by Starling from distribution packages: it holds $1" mvn=$tree/usr/local/bin/mvn
  echo "$says" >"$tree/etc/starling-image"
  printf '%s\n' '#!/bin/sh' "echo '$says' >&2" '[ -t 1 ] || set -- -Dstyle.color=never "$@"' \
    'exec /usr/share/maven/bin/mvn "$@"' >"$mvn"
  chmod 755 "$mvn"
  config='{"Env":["PATH=/usr/local/bin:/usr/lib/jvm/default-java/bin:/usr/bin:/bin:/usr/sbin:/sbin","HOME=/root",
    "JAVA_HOME=/usr/lib/jvm/default-java","MAVEN_HOME=/usr/share/maven","JAVA_VERSION='$java'",
    "STARLING_IMAGE='$says'"],"Labels":{"dev.starling.image.holds":"'$1'"},"WorkingDir":"/usr/src/app","Cmd":["mvn"]}'
}

# The image's own Maven builds the sample once, out here where there is a network, into the repository that goes inside.
# Its notes on where each file came from are dropped: offline it would refuse files of a repository it can't ask.
fill_repository() {
  local repository=$tree/root/.m2/repository home=$tree/usr/share/maven sample=$work/sample
  find_jdk || die "the maven image needs a JDK to fill its repository with"
  cp -R "$tree/usr/src/app" "$sample"
  "$java_home/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "$(echo "$home"/boot/plexus-classworlds*.jar)" "-Dclassworlds.conf=$tree/etc/maven/m2.conf" \
    "-Dmaven.home=$home" "-Dmaven.multiModuleProjectDirectory=$sample" \
    org.codehaus.plexus.classworlds.launcher.Launcher -q -B -Dstyle.color=never -f "$sample/pom.xml" \
    "-Dmaven.repo.local=$repository" clean package >&2 \
    || die "the sample in the maven image does not build: is a Maven repository in reach?"
  find "$repository" \( -name _remote.repositories -o -name '*.lastUpdated' \) -delete
}
