import Contract
import FoundationEssentials
import GatewayContract
import Kernel
import OpenAPI
import TestSupport
import Testing

/// What keyboards, screen readers and the content security policy need of the pages.
@Suite struct PageTests {
    private let pages: [String: String]

    init() throws { pages = try World.texts() }

    private func matches(_ pattern: String, on page: String) throws -> [String] {
        page.matches(of: try Regex(pattern)).map { String($0.output[1].substring ?? "") }
    }

    @Test func `one h1, no level of headings is skipped`() throws {
        #expect(pages.count > 25)
        for (name, page) in pages {
            let levels = try matches("<h([1-6])", on: page).compactMap { Int($0) }
            #expect(levels.first == 1 && levels.filter { $0 == 1 }.count == 1, "\(name)")
            for (level, next) in zip(levels, levels.dropFirst()) {
                #expect(next <= level + 1, "\(name)")
            }
        }
    }

    @Test func `language, title, landmarks, a search and a way to skip the contents`() {
        for (name, page) in pages {
            for part in [
                "<html lang=\"en\">", "<title>", "<header>", "<nav aria-label=",
                "<main id=\"main\">", "<a class=\"skip\" href=\"#main\">", "name=\"viewport\"",
                "<form role=\"search\"", "<label for=\"q\">Search</label>",
            ] {
                #expect(page.contains(part), "\(name): \(part)")
            }
        }
    }

    /// Where a link on a page leads: the name of a page, and an id on it; nil if it is another's.
    private func target(of link: String, on name: String) -> (page: String, id: String)? {
        guard let hash = link.split(separator: "#", omittingEmptySubsequences: false).first
        else { return nil }
        let id = String(link.dropFirst(hash.count + 1))
        let root = name == "index" ? "" : "../"
        switch String(hash) {
        case "": return (name, id)
        case root + "docs": return ("index", id)
        case let page where page.hasPrefix(root + "docs/"):
            return (String(page.dropFirst((root + "docs/").count)), id)
        default: return nil
        }
    }

    @Test func `ids are unique, every link leads somewhere, and none to other hosts`() throws {
        let described = try World.describe()
        let ids = try pages.mapValues { try matches(" id=\"([^\"]*)\"", on: $0) }
        var counted = 0
        for (name, page) in pages {
            #expect(Set(ids[name] ?? []).count == ids[name]?.count, "\(name)")
            for link in try matches("(?:href|action)=\"([^\"]*)\"", on: page) {
                counted += 1
                if let (page, id) = target(of: link, on: name) {
                    let isMarkdown = page.hasSuffix(".md") && pages[String(page.dropLast(3))] != nil
                    #expect(isMarkdown || pages[page] != nil, "\(name): \(link)")
                    #expect(id.isEmpty || ids[page]?.contains(id) == true, "\(name): \(link)")
                } else {
                    let root = name == "index" ? "" : "../"
                    let code = link.split(separator: "/").last.map(String.init) ?? ""
                    let isProblem =
                        link == root + "problems/" + code
                        && described.problems.pages[code] != nil
                    #expect(isProblem || link == root + "openapi.json", "\(name): \(link)")
                }
            }
        }
        #expect(counted > 3_000)
    }

    @Test func `every table has a caption and scoped header cells`() throws {
        var counted = 0
        for page in pages.values {
            let tables = try matches("(?s)<table([^>]*>.*?</table>)", on: page)
            counted += tables.count
            #expect(
                tables.allSatisfy { $0.contains("<caption>") && $0.contains("scope=\"row\"") })
            let heads = try matches("<th([ >][^>]*)", on: page)
            #expect(heads.allSatisfy { $0.contains("scope=\"") })
        }
        #expect(counted > 300)
    }

    @Test func `scrollable regions are focusable and have a name`() throws {
        for page in pages.values {
            let boxes =
                try matches("<pre([^>]*)>", on: page)
                + matches("<div class=\"scroll\"([^>]*)>", on: page)
            #expect(
                boxes.allSatisfy { $0.contains("tabindex=\"0\"") && $0.contains("aria-label=") })
        }
    }

    @Test func `a page loads nothing, has no script, and its policy allows its style only`() throws
    {
        let entries = try World.describe().reference.entries
        for (name, page) in pages {
            for part in [
                "<script", "<img", "<iframe", "<link", "style=\"", "@import", "url(", "onclick",
            ] {
                #expect(!page.contains(part), "\(name): \(part)")
            }
            let style = try #require(try matches("(?s)<style>(.*?)</style>", on: page).first)
            let hash = Data(SHA256.hash(Array(style.utf8))).base64EncodedString()
            let entry = entries.first { $0.name == name }
            let policy = entry?.page.contentSecurityPolicy ?? ""
            #expect(policy.contains("default-src 'none'; style-src 'sha256-\(hash)'"))
            #expect(policy.contains("form-action 'self'") && !policy.contains("script-src"))
        }
    }

    @Test func `tags are balanced`() throws {
        for (name, page) in pages {
            for tag in ["article", "div", "table", "pre", "figure", "ul", "li", "nav", "main", "p"]
            {
                let opened = try matches("<(\(tag))[ >]", on: page).count
                #expect(opened == (try matches("</(\(tag))>", on: page).count), "\(name): \(tag)")
            }
        }
    }

    @Test func `every operation is on the page of its group, and the side bars name it`() throws {
        for group in World.groups {
            let name = group.name.lowercased().replacing(" ", with: "-")
            let page = try #require(pages[name], "\(group.name)")
            for endpoint in group.endpoints {
                #expect(page.contains("<h2 id=\"\(endpoint.id)\">"), "\(endpoint.id)")
                let title: HTML = "\(endpoint.summary)"
                let link = "href=\"../docs/\(name)#\(endpoint.id)\">\(title.text)</a>"
                #expect(pages["objects"]?.contains(link) == true, "\(link)")
            }
            #expect(page.contains("href=\"../docs/\(name)\" aria-current=\"page\""))
        }
    }

    @Test func `there is an index of problems and one of scopes`() throws {
        let problems = try World.describe().problems
        for code in problems.pages.keys {
            #expect(pages["problems"]?.contains("<code>\(code)</code>") == true, "\(code)")
        }
        for scope in Scopes.known {
            #expect(pages["scopes"]?.contains("<code>\(scope)</code>") == true, "\(scope)")
        }
        #expect(pages["scopes"]?.contains("entities#createEntity") == true)
    }

    @Test func `text has sufficient contrast`() throws {
        let schemes = try matches("(?s):root \\{(.*?)\\}", on: pages["index"] ?? "")
        #expect(schemes.count == 2)
        for scheme in schemes {
            for (text, back) in [
                ("text", "back"), ("soft", "back"), ("link", "back"), ("required", "back"),
                ("text", "panel"), ("soft", "code"), ("text", "code"), ("get", "panel"),
                ("post", "panel"), ("put", "panel"), ("patch", "panel"), ("delete", "panel"),
                ("ink", "screen"), ("screen-soft", "screen"),
            ] {
                let ratio = try contrast(try colour(text, scheme), try colour(back, scheme))
                #expect(ratio >= 4.5, "\(text) on \(back): \(ratio)")
            }
        }
    }

    private func colour(_ name: String, _ scheme: String) throws -> [Double] {
        let match = try Regex("--\(name):\\s+#([0-9a-f]+)").firstMatch(in: scheme)
        let digits = try #require(match?.output[1].substring).map { String($0) }
        let pairs =
            digits.count == 3
            ? digits.map { $0 + $0 }
            : stride(from: 0, to: 6, by: 2).map {
                digits[$0] + digits[$0 + 1]
            }
        return pairs.compactMap { Int($0, radix: 16) }.map { Double($0) / 255 }
    }

    /// WCAG 2.2, relative luminance and contrast ratio.
    private func contrast(_ a: [Double], _ b: [Double]) throws -> Double {
        func luminance(_ rgb: [Double]) -> Double {
            zip(rgb, [0.2126, 0.7152, 0.0722]).map { part, weight in
                weight * (part <= 0.04045 ? part / 12.92 : power((part + 0.055) / 1.055))
            }.reduce(0, +)
        }
        let (light, dark) = (max(luminance(a), luminance(b)), min(luminance(a), luminance(b)))
        return (light + 0.05) / (dark + 0.05)
    }

    /// The 2.4th power, by its logarithm's halves: Glibc's pow is not worth an import.
    private func power(_ x: Double) -> Double {
        // x^2.4 = x² · x^0.4, and x^0.4 by Newton from y⁵ = x².
        var y = x
        for _ in 0..<60 { y -= (y * y * y * y * y - x * x) / (5 * y * y * y * y) }
        return x * x * y
    }
}
