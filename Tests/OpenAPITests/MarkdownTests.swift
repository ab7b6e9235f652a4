import Contract
import Testing

@testable import OpenAPI

/// The reference for programs.
@Suite struct MarkdownTests {
    private let reference: Reference
    private let files: [String: String]

    init() throws {
        reference = try World.describe().reference
        files = reference.entries.reduce(into: [:]) {
            $0[$1.name] = String(decoding: $1.markdown, as: UTF8.self)
        }
    }

    @Test func `every page is there as Markdown, without markup of HTML`() throws {
        for (name, file) in files {
            #expect(file.hasPrefix("# "), "\(name)")
            #expect(file.filter { $0 == "\n" }.count > 5, "\(name)")
            for part in ["<p>", "<span", "<code>", "&quot;", "href="] {
                #expect(!file.contains(part), "\(name): \(part)")
            }
            let fences = file.split(separator: "\n").filter { $0.hasPrefix("```") }
            #expect(fences.count.isMultiple(of: 2), "\(name)")
        }
        for group in World.groups {
            let file = files[group.name.lowercased().replacing(" ", with: "-")]
            for endpoint in group.endpoints {
                let route = "`\(endpoint.method.rawValue) \(endpoint.path)` (`\(endpoint.id)`)"
                #expect(file?.contains(route) == true, "\(endpoint.id)")
            }
        }
    }

    @Test func `rows of a table have as many cells as its head`() {
        for (name, file) in files {
            var cells: Int?
            for line in file.split(separator: "\n", omittingEmptySubsequences: false) {
                guard line.hasPrefix("| ") else {
                    cells = nil
                    continue
                }
                let count = line.replacing("\\|", with: "").split(separator: "|").count
                #expect(cells ?? count == count, "\(name): \(line)")
                cells = count
            }
        }
    }

    @Test func `links lead to other files`() throws {
        for (name, file) in files {
            for match in file.matches(of: /\]\(([a-z-]+)\.md\)/) {
                #expect(files[String(match.1)] != nil, "\(name): \(match.1)")
            }
        }
    }

    /// https://llmstxt.org
    @Test func `llms.txt has a heading, a summary and a link to every page`() throws {
        let text = String(decoding: reference.directory, as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lines[0] == "# Latchkey" && lines[1].hasPrefix("> "))
        for name in files.keys { #expect(text.contains("](/docs/\(name).md): "), "\(name)") }
        let described = try World.make(server: "https://example.com/access")
        let far = String(decoding: described.reference.directory, as: UTF8.self)
        #expect(far.contains("](https://example.com/access/docs/index.md)"))
        #expect(far.contains("](https://example.com/access/openapi.json)"))
    }
}
