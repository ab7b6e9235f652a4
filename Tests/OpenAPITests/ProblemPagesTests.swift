import OpenAPI
import TestSupport
import Testing

/// The pages where the `type` of a problem leads.
@Suite struct ProblemPagesTests {
    private let problems: ProblemPages

    init() throws { problems = try World.describe().problems }

    private func text(_ page: Page?) -> String {
        String(decoding: page?.html ?? [], as: UTF8.self)
    }

    @Test func `a page says when, what to do, an example and which operations`() {
        let page = text(problems.pages["slug_taken"])
        for part in [
            "<h1><code>slug_taken</code></h1>", "409 Conflict", "<h2>What to do</h2>",
            "&quot;code&quot;:&quot;slug_taken&quot;", "href=\"../docs/entities#createEntity\"",
            "href=\"../problems\"",
        ] {
            #expect(page.contains(part), "\(part) \(page.suffix(2_000))")
        }
        #expect(text(problems.pages["malformed_json"]).contains("Any operation can have it."))
    }

    @Test func `the index leads to all pages`() {
        let index = text(problems.index)
        for code in problems.pages.keys { #expect(index.contains("href=\"problems/\(code)\"")) }
    }
}
