#!/bin/sh
# Lays out the image's file system: the program, the libraries it is linked with, busybox, and the user it runs as.
#
#   sh make_root.sh <drydock> <folder>
set -eu
program=$1
root=$2
mkdir -p "$root/bin" "$root/etc" "$root/tmp" "$root/usr/local/bin" "$root/var/lib/drydock"
chmod 1777 "$root/tmp"
strip -o "$root/usr/local/bin/drydock" "$program"
ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
cp /bin/busybox "$root/bin/busybox"
for name in sh wget; do ln -s busybox "$root/bin/$name"; done
echo 'drydock:x:1000:1000:Drydock:/var/lib/drydock:/bin/sh' >"$root/etc/passwd"
echo 'drydock:x:1000:' >"$root/etc/group"
chown 1000:1000 "$root/var/lib/drydock"
