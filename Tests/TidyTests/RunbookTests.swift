import Foundation
import Testing

/// What the person on call relies on. Its recipes are played by `deploy/lib/runbook.py`.
@Suite struct RunbookTests {
    private let runbook = Sources.lines(of: "deploy/Runbook.md").joined(separator: "\n")

    private static func names(_ pattern: Regex<(Substring, Substring)>, in text: String) -> [String]
    {
        text.matches(of: pattern).map { String($0.output.1) }
    }

    @Test func `it explains every metric, and no other`() {
        let code = Sources.swift(in: "Services", "Shared").flatMap { file in
            Self.names(/"(latchkey_[a-z_]+)"/, in: file.text)
        }
        let scripts = Sources.files(in: "deploy", ending: "").flatMap { file in
            Self.names(/TYPE (latchkey_[a-z_]+)/, in: file.text)
        }
        // Without the names of cookies.
        let cookies = ["latchkey_flow", "latchkey_console_flow", "latchkey_session"]
        let metrics = Set(code + scripts).subtracting(cookies)
        let table = runbook.components(separatedBy: "\n## Metrics\n").last ?? ""
        #expect(Set(Self.names(/`(latchkey_[a-z_]+)`/, in: table)) == metrics)
    }

    @Test func `its links lead to its headings`() {
        let anchors = runbook.split(separator: "\n").filter { $0.hasPrefix("#") }.map { heading in
            heading.drop { $0 == "#" || $0 == " " }.lowercased().replacing(" ", with: "-")
        }
        let links = Set(Self.names(/\]\(#([^)]+)\)/, in: runbook))
        #expect(!links.isEmpty && links.subtracting(anchors).isEmpty)
    }
}
