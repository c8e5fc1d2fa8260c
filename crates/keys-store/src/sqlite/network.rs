//! File systems that are shared between machines, where neither the lock nor SQLite's own hold.

use std::path::Path;

/// The name of the network file system that a path is on, if it is on one and the system says so.
pub(super) fn file_system(path: &Path) -> Option<String> {
    kind_in(&std::fs::read_to_string("/proc/self/mountinfo").ok()?, path)
}

const SHARED: [&str; 16] = [
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "fuse.ceph",
    "fuse.glusterfs",
    "fuse.s3fs",
    "fuse.sshfs",
    "gfs2",
    "gpfs",
    "lustre",
    "nfs",
    "nfs4",
    "ocfs2",
    "smb3",
    "smbfs",
];

/// Reads the table of mounts (proc(5)): the fifth word is the mount point, the word behind ` - ` the file system. The
/// longest mount point above the path counts, and of equal ones the last, which covers the others.
fn kind_in(table: &str, path: &Path) -> Option<String> {
    let mounts = table.lines().filter_map(|line| {
        let (mount, kind) = line.split_once(" - ")?;
        Some((unescape(mount.split(' ').nth(4)?), kind.split(' ').next()?))
    });
    let (_, kind) = mounts
        .filter(|(point, _)| path.starts_with(point))
        .max_by_key(|(point, _)| Path::new(point).components().count())?;
    SHARED.contains(&kind).then(|| kind.to_owned())
}

/// Blanks, tabs, line breaks and backslashes stand there as three octal digits.
fn unescape(text: &str) -> String {
    text.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv rw shared:2 - nfs4 host:/export rw,vers=4.2
31 30 8:2 / /srv/local rw - xfs /dev/sdb1 rw
32 22 0:41 / /mnt/a\\040b rw master:3 - cifs //host/share rw
33 22 0:42 / /over rw - ext4 /dev/sdc1 rw
34 33 0:43 / /over rw - fuse.sshfs host: rw
";

    #[test]
    fn the_nearest_mount_counts() {
        for (path, kind) in [
            ("/var/lib/keys", None),
            ("/srv/keys", Some("nfs4")),
            ("/srv/local/keys", None),
            ("/srv2/keys", None),
            ("/mnt/a b/keys", Some("cifs")),
            ("/over/keys", Some("fuse.sshfs")),
        ] {
            assert_eq!(kind_in(TABLE, Path::new(path)).as_deref(), kind, "{path}");
        }
        assert_eq!(kind_in("", Path::new("/srv")), None);
        assert_eq!(kind_in("nonsense\n- - -\n", Path::new("/srv")), None);
    }
}
