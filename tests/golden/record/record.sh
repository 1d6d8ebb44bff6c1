#!/usr/bin/env bash
# Writes tests/golden/* anew from RocketMQ's own Java 4.9.7. By hand, when a form is added: needs a
# JDK 17 and Maven. LIB names a folder that holds the jars already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
golden=$(cd .. && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

lib=${LIB:-$scratch/lib}
[[ -d $lib ]] || mvn -q -B -f pom.xml dependency:copy-dependencies -DoutputDirectory="$lib"
javac -cp "$lib/*" -d "$scratch/classes" ./*.java
echo '<configuration><root level="OFF"/></configuration>' >"$scratch/classes/logback.xml"

open=(java.nio jdk.internal.ref sun.nio.ch java.lang java.util)
flags=(-Xmx512m -Duser.timezone=UTC "-Duser.home=$scratch" "-Drocketmq.home.dir=$scratch"
  -Drocketmq.client.logUseSlf4j=true -Drocketmq.broker.diskSpaceWarningLevelRatio=0.99)
for package in "${open[@]}"; do
  flags+=("--add-exports=java.base/$package=ALL-UNNAMED" "--add-opens=java.base/$package=ALL-UNNAMED")
done
java "${flags[@]}" -cp "$scratch/classes:$lib/*" Record "$scratch" "$golden"
ls -l "$golden"
