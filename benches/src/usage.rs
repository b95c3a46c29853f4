//! What this process has used, as Linux counts it; `None` on other systems.

use std::fs;

const KIB_IN_GIB: f64 = 1_048_576.0;
/// The unit of times in `/proc`: the kernel shows hundredths on every architecture it has in common use.
const TICKS_IN_A_SECOND: f64 = 100.0;

/// Seconds of all threads, user and system.
pub fn cpu_seconds() -> Option<f64> {
    cpu_of(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// Seconds of all threads since a reading of [`cpu_seconds`].
pub fn cpu_since(start: Option<f64>) -> Option<f64> {
    Some(cpu_seconds()? - start?)
}

/// The most memory that was resident at any time, in GiB.
pub fn most_memory_gib() -> Option<f64> {
    memory_of(&fs::read_to_string("/proc/self/status").ok()?)
}

/// The load average of the last minute.
pub fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

/// The 14th and 15th field, user and system time; counted from the end of the name, which may itself hold blanks.
fn cpu_of(stat: &str) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS_IN_A_SECOND)
}

fn memory_of(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib / KIB_IN_GIB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_is_user_and_system_time_whatever_the_name() {
        let stat = "42 (a b) c) R 1 42 42 0 -1 4194304 100 0 0 0 150 25 7 9 20 0 1 0 1 2 3";
        assert_eq!(cpu_of(stat), Some(1.75));
        assert_eq!(cpu_of("42 (short) R 1"), None);
    }

    #[test]
    fn memory_is_the_peak() {
        assert_eq!(memory_of("VmPeak:\t 9 kB\nVmHWM:\t  524288 kB\nVmRSS:\t 1 kB\n"), Some(0.5));
        assert_eq!(memory_of("VmRSS:\t 1 kB\n"), None);
    }
}
