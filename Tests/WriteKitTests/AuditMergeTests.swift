import Contract
import Kernel
import Synchronization
import TestSupport
import Testing
import WriteKit

@Suite struct AuditMergeTests {
    private let start = FakeClock().now()

    /// An entry of some second.
    private func entry(_ id: String, _ second: Int64) -> AuditEntryBody {
        AuditEntryBody(
            id: "aud_\(id)", at: start.adding(seconds: second), actorId: nil, tokenId: nil,
            requestId: nil, action: "share.created",
            subject: AuditEntryBody.Subject(type: "share", id: "shr_1"), before: nil, after: nil)
    }

    /// A context that has these, newest first, and answers as `AuditStore` does.
    /// - Parameter isOld: an earlier release, which says no places.
    private func source(
        _ entries: [AuditEntryBody], _ asked: Log? = nil, total: Int? = nil, isOld: Bool = false
    ) -> AuditMerge.Source {
        { query in
            asked?.add(query)
            let rest = entries.drop { entry in
                query.before.map { (entry.at, entry.id) >= ($0.at, $0.id) } ?? false
            }
            let places = query.depth.map { depth in
                stride(from: AuditTail.spacing, through: min(depth, entries.count), by: 16)
                    .map { AuditCursor(at: entries[$0 - 1].at, id: entries[$0 - 1].id) }
            }
            return AuditTail(
                entries: Array(rest.prefix(min(query.limit, AuditLimits.answer))),
                total: total ?? min(entries.count, AuditTailQuery.maximumDepth),
                places: isOld ? nil : places,
                newer: isOld || query.before == nil ? nil : entries.count - rest.count)
        }
    }

    private func merged(
        _ page: PageRequest, _ sources: AuditMerge.Source...
    ) async throws -> (ids: [String], total: Int) {
        let found = try await AuditMerge(AuditFilter(), page)(sources)
        return (found.items.map { String($0.id.dropFirst(4)) }, found.total)
    }

    @Test func `entries are newest first, then by id`() async throws {
        let first = source([entry("e", 3), entry("c", 2), entry("a", 1)])
        let second = source([entry("d", 2), entry("b", 2), entry("f", 1)])
        let all = try await merged(PageRequest(), first, second)
        #expect(all.ids == ["e", "d", "c", "b", "f", "a"] && all.total == 6)
        #expect(try await merged(PageRequest(), second, first).ids == all.ids)
    }

    @Test(arguments: [1, 2, 3, 7, 40, 99, 100], [false, true])
    func `pages contain each entry once, in bounded responses`(
        size: Int, isOld: Bool
    ) async throws {
        // Far more than one answer holds, and many at the same moment.
        let first = (0..<430).reversed().map { entry("a\(1_000 + $0)", Int64($0 / 3)) }
        let second = (0..<170).reversed().map { entry("b\(1_000 + $0)", Int64($0)) }
        let asked = Log()
        var ids: [String] = []
        for number in 1...(600 / size + 1) where number * size <= AuditTailQuery.maximumDepth {
            let page = try await AuditMerge(
                AuditFilter(), PageRequest(page: number, size: size))([
                    source(first, asked), source(second, asked, isOld: isOld), source([], asked),
                ])
            #expect(page.total == 600)
            ids += page.items.map(\.id)
        }
        let whole = (first + second).sorted { ($0.at, $0.id) > ($1.at, $1.id) }
        #expect(ids == whole.map(\.id))
        #expect(asked.queries.allSatisfy { (0...AuditLimits.answer).contains($0.limit) })
    }

    @Test func `a first page makes one small request to each context`() async throws {
        let many = (0..<500).reversed().map { entry("a\(1_000 + $0)", Int64($0)) }
        let filter = AuditFilter(about: "ent_1", actorId: "usr_1", from: start, to: nil)
        let asked = Log()
        _ = try await AuditMerge(filter, PageRequest(page: 1, size: 7))([
            source(many, asked), source([], asked),
        ])
        #expect(asked.queries.count == 2)
        #expect(asked.queries.allSatisfy { $0.filter == filter && $0.limit == 7 })
    }

    @Test func `a later page requests only the entries it needs`() async throws {
        let many = (0..<500).reversed().map { entry("a\(1_000 + $0)", Int64($0)) }
        let asked = Log()
        _ = try await merged(PageRequest(page: 2, size: 60), source(many, asked))
        // The second page begins at entry 61, and is read from entry 33 on.
        #expect(asked.queries.map(\.limit) == [0, 88])
    }

    @Test func `a page far back takes two requests to each context`() async throws {
        let sources = (0..<5).map { number in
            (0..<300).reversed().map { entry("\(number)\(1_000 + $0)", Int64($0)) }
        }
        let asked = Log()
        let page = try await AuditMerge(AuditFilter(), PageRequest(page: 50, size: 20))(
            sources.map { source($0, asked) })
        let whole = sources.flatMap(\.self).sorted { ($0.at, $0.id) > ($1.at, $1.id) }
        #expect(page.items == Array(whole[980..<1_000]))
        #expect(asked.queries.count == 10)
    }

    @Test func `entries that are added while a page is read shift it`() async throws {
        let old = (0..<300).reversed().map { entry("a\(1_000 + $0)", Int64($0)) }
        let new = (300..<400).reversed().map { entry("a\(1_000 + $0)", Int64($0)) }
        let before = source(old)
        let after = source(new + old)
        let page = try await AuditMerge(AuditFilter(), PageRequest(page: 6, size: 25))([
            { try await $0.depth == nil ? after($0) : before($0) }
        ])
        #expect(page.items == Array((new + old)[125..<150]))
    }

    @Test func `if one context fails, the page fails`() async throws {
        struct Down: Error {}
        let many = (0..<500).reversed().map { entry("a\(1_000 + $0)", Int64($0)) }
        await #expect(throws: Down.self) {
            try await merged(PageRequest(), source(many), { _ in throw Down() })
        }
        // Also if it fails in the middle.
        let failing: AuditMerge.Source = { [source = source(many)] query in
            if query.before != nil { throw Down() }
            return try await source(query)
        }
        await #expect(throws: Down.self) {
            try await merged(PageRequest(page: 2, size: 100), failing)
        }
    }

    @Test func `a page beyond the maximum depth is refused`() throws {
        let depth = AuditTailQuery.maximumDepth
        _ = try AuditMerge(AuditFilter(), PageRequest(page: depth / 100, size: 100))
        let refused = #expect(throws: Fault.self) {
            try AuditMerge(AuditFilter(), PageRequest(page: depth / 100 + 1, size: 100))
        }
        #expect(refused?.fields.map(\.pointer) == ["/page"])
    }

    @Test func `the total excludes entries beyond the maximum depth`() async throws {
        let full = source([entry("a", 1)], total: AuditTailQuery.maximumDepth)
        let total = try await merged(PageRequest(), full, full).total
        #expect(total == AuditTailQuery.maximumDepth)
        #expect(try await merged(PageRequest(), source([]), source([])).total == 0)
        #expect(try await merged(PageRequest()).ids.isEmpty)
    }
}

/// What contexts were asked.
private final class Log: Sendable {
    private let asked = Mutex<[AuditTailQuery]>([])

    func add(_ query: AuditTailQuery) { asked.withLock { $0.append(query) } }
    var queries: [AuditTailQuery] { asked.withLock(\.self) }
}
