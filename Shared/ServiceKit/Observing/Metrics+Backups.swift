import FoundationEssentials

extension MetricsText {
    private static let backupValues: [(file: String, name: String, help: String)] = [
        (
            "backup", "latchkey_backup_last_good_timestamp_seconds",
            "When the last complete backup was made; 0 for never."
        ),
        ("backup", "latchkey_backup_bytes", "Size of the databases in the last backup."),
        ("backup", "latchkey_backup_seconds", "How long the last backup took."),
        (
            "drill", "latchkey_restore_drill_last_good_timestamp_seconds",
            "When a trial last restored a backup; 0 for never."
        ),
        ("drill", "latchkey_restore_drill_seconds", "How long the last good trial took."),
    ]

    /// What deploy/backup and deploy/drill have written into the folder of backups, in files as
    /// node_exporter's textfile collector reads them. What is missing is 0, so that an alert on the
    /// age of the last one finds that there never was one.
    public mutating func backups(in folder: String) {
        var files: [String: [String: Double]] = [:]
        for value in Self.backupValues {
            let values = files[value.file] ?? Self.read("\(folder)/\(value.file).prom")
            files[value.file] = values
            gauge(value.name, value.help, values[value.name] ?? 0)
        }
    }

    private static func read(_ path: String) -> [String: Double] {
        let text = FileManager.default.contents(atPath: path).map {
            String(decoding: $0.prefix(65_536), as: UTF8.self)
        }
        var values: [String: Double] = [:]
        for line in (text ?? "").split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            if words.count == 2 { values[String(words[0])] = Double(words[1]) }
        }
        return values
    }
}
