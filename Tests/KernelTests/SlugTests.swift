import Kernel
import Testing

@Suite struct SlugTests {
    @Test func `takes the plain slug while it is free, then numbers from 2`() {
        var taken: Set<String> = []
        for expected in ["bot", "bot-2", "bot-3", "bot-4", "bot-5", "bot-6"] {
            let slug = Slug.free(for: "Bot") { taken.contains($0) }
            #expect(slug == expected)
            taken.insert(slug)
        }
    }

    @Test func `finds the next of many in few look-ups`() {
        var lookups = 0
        let slug = Slug.free(for: "Bot") { slug in
            lookups += 1
            return slug == "bot" || Int(slug.dropFirst(4)).map { $0 <= 100_000 } ?? false
        }
        #expect(slug == "bot-100001")
        #expect(lookups < 40)
    }

    @Test func `a numbered slug is still a slug`() {
        let name = String(repeating: "a", count: 56) + " bcd"
        let base = Text.slug(from: name)
        let slug = Slug.free(for: name) { $0 == base }
        #expect(Text.isSlug(slug))
        #expect(slug == String(repeating: "a", count: 56) + "-b-2")
    }
}
