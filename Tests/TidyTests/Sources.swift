import Foundation

/// The sources of this package.
enum Sources {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    struct File {
        /// From the root, with slashes.
        let path: String
        let lines: [Substring]

        var text: String { lines.joined(separator: "\n") }

        /// The imported modules: `internal import struct A.B` is A.
        var imports: [String] {
            lines.compactMap { line in
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index <= 2,
                    words[..<index].allSatisfy(Self.importModifiers.contains), let last = words.last
                else { return nil }
                return last.split(separator: ".").first.map(String.init)
            }
        }

        private static let importModifiers: Set<Substring> = [
            "@testable", "@preconcurrency", "@_exported", "private", "fileprivate", "internal",
            "package", "public",
        ]
    }

    /// The lines of any file, by its path from the root; none if it is not there.
    static func lines(of path: String) -> [String] {
        let text = try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
        return (text ?? "").components(separatedBy: "\n")
    }

    /// All Swift files below the named folders.
    static func swift(in folders: String...) -> [File] {
        folders.flatMap { files(in: $0, ending: ".swift") }
    }

    static func files(in folder: String, ending: String) -> [File] {
        let base = root.appendingPathComponent(folder)
        let names = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String }
        return (names ?? []).sorted().filter { $0.hasSuffix(ending) }.compactMap { name in
            read("\(folder)/\(name)")
        }
    }

    /// All sources, scripts and documents.
    static func all() -> [File] {
        let top = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        let endings = [".md", ".swift", ".yml"]
        return swift(in: "Services", "Shared", "Tests")
            + ["Services", "Shared", "Tests"].flatMap { files(in: $0, ending: ".md") }
            + files(in: "deploy", ending: "")
            + top.filter { name in endings.contains { name.hasSuffix($0) } }.compactMap(read)
    }

    static func read(_ path: String) -> File? {
        guard let text = try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
        else { return nil }
        return File(
            path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
    }

    /// The folders of the targets below Services and Shared, but for the executables.
    static func targets() -> [String] {
        lines(of: "Package.swift").flatMap { line in
            line.matches(of: /path: "((?:Services|Shared)\/[A-Za-z\/]+)"/).map { String($0.1) }
        }
    }
}
