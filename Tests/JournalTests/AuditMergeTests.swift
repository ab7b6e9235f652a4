import Contract
import Journal
import Kernel
import TestSupport
import Testing

@Suite struct AuditMergeTests {
    private let start = FakeClock().now()

    /// An entry of some second.
    private func entry(_ id: String, _ second: Int64) -> AuditEntryBody {
        AuditEntryBody(
            id: "aud_\(id)", at: start.adding(seconds: second), actorId: nil, tokenId: nil,
            requestId: nil, action: "share.created",
            subject: AuditEntryBody.Subject(type: "share", id: "shr_1"), before: nil, after: nil)
    }

    private func merged(
        _ page: PageRequest, _ tails: AuditTail...
    ) throws -> (ids: [String], total: Int) {
        let found = try AuditMerge(AuditFilter(), page)(tails)
        return (found.items.map { String($0.id.dropFirst(4)) }, found.total)
    }

    @Test func `newest first, and at the same moment by id`() throws {
        let first = AuditTail(entries: [entry("e", 3), entry("c", 2), entry("a", 1)], total: 3)
        let second = AuditTail(entries: [entry("d", 2), entry("b", 2), entry("f", 1)], total: 3)
        let all = try merged(PageRequest(), first, second)
        #expect(all.ids == ["e", "d", "c", "b", "f", "a"] && all.total == 6)
        #expect(try merged(PageRequest(), second, first).ids == all.ids)
    }

    @Test(arguments: 1...7)
    func `all pages together are the whole, each entry once`(size: Int) throws {
        let first = (0..<10).reversed().map { entry("a\($0)", Int64($0)) }
        let second = (0..<5).reversed().map { entry("b\($0)", Int64($0 * 2)) }
        var ids: [String] = []
        for number in 1...(15 / size + 1) {
            let merge = try AuditMerge(AuditFilter(), PageRequest(page: number, size: size))
            // Each context is asked for no more than the page could hold of it.
            #expect(merge.query.limit == number * size)
            let page = merge([
                AuditTail(entries: Array(first.prefix(merge.query.limit)), total: 10),
                AuditTail(entries: Array(second.prefix(merge.query.limit)), total: 5),
            ])
            #expect(page.total == 15)
            ids += page.items.map(\.id)
        }
        #expect(ids.count == 15 && Set(ids).count == 15)
        let whole = (first + second).sorted { ($0.at, $0.id) > ($1.at, $1.id) }
        #expect(ids == whole.map(\.id))
    }

    @Test func `what it asks is what it was asked`() throws {
        let filter = AuditFilter(about: "ent_1", actorId: "usr_1", from: start, to: nil)
        let merge = try AuditMerge(filter, PageRequest(page: 3, size: 7))
        #expect(merge.query.filter == filter && merge.query.limit == 21)
    }

    @Test func `a page that is too deep is refused, the last that is not is given`() throws {
        let depth = AuditTailQuery.maximumDepth
        _ = try AuditMerge(AuditFilter(), PageRequest(page: depth / 100, size: 100))
        let refused = #expect(throws: Fault.self) {
            try AuditMerge(AuditFilter(), PageRequest(page: depth / 100 + 1, size: 100))
        }
        #expect(refused?.fields.map(\.pointer) == ["/page"])
    }

    @Test func `what can't be reached is not counted`() throws {
        let tail = AuditTail(entries: [entry("a", 1)], total: AuditTailQuery.maximumDepth)
        let none = AuditTail(entries: [], total: 0)
        #expect(try merged(PageRequest(), tail, tail).total == AuditTailQuery.maximumDepth)
        #expect(try merged(PageRequest(), none, none).total == 0)
        #expect(try merged(PageRequest()).ids.isEmpty)
    }
}
