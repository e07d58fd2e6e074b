#!/bin/sh
# hold.sh ROOT HOME: runs one Asterisk of the lab for as long as our stdin is open.
#
# HOME (a folder inside ROOT) holds etc, lib, spool, log and run; in a mount namespace of its own
# they lie over Asterisk's standard folders, so the configuration is used exactly as it ships.
# A PID namespace makes the end certain: when the test process dies, even by SIGKILL, its end of
# the pipe closes, the first process of the namespace ends, and the kernel ends the rest.
set -eu
export root=$1 home=$2
# shellcheck disable=SC2016  # the inner shell expands these
exec unshare --mount --uts --pid --fork --kill-child sh -euc '
  # Asterisk looks its own name up, and the chroot does not know the machine.
  hostname localhost
  mount -t proc proc "$root/proc"
  mount --bind "$home/etc"   "$root/etc/asterisk"
  mount --bind "$home/lib"   "$root/var/lib/asterisk"
  mount --bind "$home/spool" "$root/var/spool/asterisk"
  mount --bind "$home/log"   "$root/var/log/asterisk"
  mount --bind "$home/run"   "$root/run/asterisk"
  exec 3<&0 2>/dev/null
  # A builder next door must not break the audio that is measured.
  nice -n -10 chroot "$root" /usr/sbin/asterisk -f </dev/null >>"$home/log/console" 2>&1 3<&- &
  asterisk=$!
  (cat <&3 >/dev/null; kill -KILL "$asterisk") &
  wait "$asterisk"
'
