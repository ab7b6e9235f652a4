import Contract
import FoundationEssentials
import Kernel
import OpenAPI
import TestSupport
import Testing

/// What keyboards, screen readers and the content security policy need of the page.
@Suite struct PageTests {
    private let page: String

    init() throws { page = try World.page() }

    private func matches(_ pattern: String) throws -> [String] {
        page.matches(of: try Regex(pattern)).map { String($0.output[1].substring ?? "") }
    }

    @Test func `one h1, no level of headings is skipped`() throws {
        let levels = try matches("<h([1-6])").compactMap { Int($0) }
        #expect(levels.first == 1 && levels.filter { $0 == 1 }.count == 1)
        for (level, next) in zip(levels, levels.dropFirst()) { #expect(next <= level + 1) }
    }

    @Test func `language, title, landmarks and a way to skip the contents`() {
        for part in [
            "<html lang=\"en\">", "<title>", "<header>", "<nav aria-label=", "<main id=\"main\">",
            "<a class=\"skip\" href=\"#main\">", "name=\"viewport\"",
        ] {
            #expect(page.contains(part), "\(part)")
        }
    }

    @Test func `ids are unique and every link leads somewhere`() throws {
        let ids = try matches(" id=\"([^\"]*)\"")
        #expect(Set(ids).count == ids.count)
        let targets = try matches("href=\"#([^\"]*)\"") + matches("aria-labelledby=\"([^\"]*)\"")
        #expect(targets.count > 100)
        #expect(targets.filter { !ids.contains($0) }.isEmpty)
        #expect(try matches("href=\"([^#\"][^\"]*)\"") == ["openapi.json"])
    }

    @Test func `every table has a caption and scoped header cells`() throws {
        let tables = try matches("(?s)<table([^>]*>.*?</table>)")
        #expect(tables.count > 100)
        #expect(tables.allSatisfy { $0.contains("<caption>") && $0.contains("scope=\"row\"") })
        let heads = try matches("<th([ >][^>]*)")
        #expect(heads.allSatisfy { $0.contains("scope=\"") })
    }

    @Test func `scrollable regions are focusable and have a name`() throws {
        let boxes = try matches("<pre([^>]*)>") + matches("<div class=\"scroll\"([^>]*)>")
        #expect(boxes.allSatisfy { $0.contains("tabindex=\"0\"") && $0.contains("aria-label=") })
    }

    @Test func `the page loads nothing, has no script, and its policy allows its style only`()
        throws
    {
        for part in [
            "<script", "<img", "<iframe", "<link", "style=\"", "@import", "url(", "onclick",
        ] {
            #expect(!page.contains(part), "\(part)")
        }
        let style = try #require(try matches("(?s)<style>(.*?)</style>").first)
        let hash = Data(SHA256.hash(Array(style.utf8))).base64EncodedString()
        let policy = try World.describe().page.contentSecurityPolicy
        #expect(policy.contains("default-src 'none'; style-src 'sha256-\(hash)'"))
    }

    @Test func `tags are balanced and every operation is shown`() throws {
        for tag in ["article", "section", "div", "table", "pre", "figure", "ul", "nav", "main"] {
            let opened = try matches("<(\(tag))[ >]").count
            #expect(opened == (try matches("</(\(tag))>").count), "\(tag)")
        }
        for endpoint in World.endpoints {
            #expect(page.contains("<h3 id=\"\(endpoint.id)\">"), "\(endpoint.id)")
        }
    }

    @Test func `text has sufficient contrast`() throws {
        let schemes = try matches("(?s):root \\{(.*?)\\}")
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
