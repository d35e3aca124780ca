# shellcheck shell=bash
# Sourced by ./lathe and .ci/run: finds a JDK that can build and run Lathe. Starts no process.

readonly LATHE_JDK_MINIMUM=25

# jdk_version HOME: sets jdk_version to the JDK's full version; fails where there is no such JDK.
jdk_version() {
  local line
  jdk_version=
  [[ -x $1/bin/javac && -r $1/release ]] || return 1
  while IFS= read -r line; do
    case $line in
      JAVA_VERSION=* | JAVA_RUNTIME_VERSION=*)
        line=${line#*=}
        line=${line//\"/}
        # The run-time version, where given, names the build too.
        if ((${#line} > ${#jdk_version})); then jdk_version=$line; fi
        ;;
    esac
  done <"$1/release"
  [[ -n $jdk_version ]]
}

# find_jdk: sets jdk_home and jdk_version; says what to install and fails where there is none.
find_jdk() {
  local home on_path toolchains="$HOME/.m2/toolchains.xml"
  local -a homes=()
  if [[ -n ${JAVA_HOME:-} ]]; then homes+=("$JAVA_HOME"); fi
  if on_path=$(type -P javac) && on_path=$(readlink -f "$on_path"); then
    homes+=("${on_path%/bin/javac}")
  fi
  if [[ -r $toolchains ]]; then
    while IFS= read -r home; do
      if [[ $home =~ \<jdkHome\>(.*)\</jdkHome\> ]]; then homes+=("${BASH_REMATCH[1]}"); fi
    done <"$toolchains"
  fi
  homes+=(
    /usr/lib/jvm/* /usr/java/* /opt/jdk* /opt/java*
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.local/share/mise/installs/java/*
    /Library/Java/JavaVirtualMachines/*/Contents/Home
  )
  for jdk_home in "${homes[@]}"; do
    if jdk_version "$jdk_home" && ((${jdk_version%%[!0-9]*} >= LATHE_JDK_MINIMUM)); then return 0; fi
  done
  jdk_home=
  cat >&2 <<END
lathe: no JDK $LATHE_JDK_MINIMUM or newer was found.
  Install one, for example with
    apt-get install openjdk-$LATHE_JDK_MINIMUM-jdk-headless   (Debian 13, Ubuntu)
    sdk install java $LATHE_JDK_MINIMUM-tem                   (SDKMAN, any Linux)
  or set JAVA_HOME to the folder of one that is there.
  Looked in JAVA_HOME, PATH, Maven's toolchains.xml, /usr/lib/jvm, /opt, ~/.sdkman and ~/.jdks.
END
  return 1
}
