import HTTPCore
import Kernel
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct BodyMemoryTests {
    private let ada = CallerKey.user("ada")

    /// What a collector makes of `parts`.
    private func collect(
        _ parts: [Int], _ framing: BodyFraming = .chunked, limit: Int = 1_000_000,
        in memory: BodyMemory = BodyMemory(), for caller: CallerKey? = nil
    ) -> (result: Result<[UInt8], Fault>?, lease: BodyLease) {
        let lease = BodyLease(memory, for: caller)
        var result: Result<[UInt8], Fault>?
        let collector = BodyCollector(framing, limit: limit, lease) { result = $0 }
        for (index, count) in parts.enumerated() {
            [UInt8](repeating: UInt8(index & 0xFF), count: count).withUnsafeBytes {
                collector.body($0)
            }
        }
        collector.bodyEnd()
        return (result, lease)
    }

    private func refusal(_ result: Result<[UInt8], Fault>?) -> Fault? {
        guard case .failure(let fault)? = result else { return nil }
        return fault
    }

    @Test(arguments: [[], [1], [4_096], [4_097], [1, 5_000, 1], [Int](repeating: 7, count: 9_000)])
    func `a collected body equals its parts, and takes at most twice its bytes`(
        parts: [Int]
    ) throws {
        let (result, lease) = collect(parts)
        let bytes = try #require(try result?.get())
        let expected = parts.enumerated().flatMap {
            [UInt8](repeating: UInt8($0.offset & 0xFF), count: $0.element)
        }
        #expect(bytes == expected)
        #expect(lease.bytes >= bytes.count)
        #expect(lease.bytes <= max(BodyMemory.firstStep, 2 * bytes.count))
    }

    @Test func `a body of many small parts is refused by their sum, at the first byte too many`() {
        let most = collect([Int](repeating: 100, count: 10), limit: 1_000)
        #expect((try? most.result?.get())?.count == 1_000)
        let more = collect([Int](repeating: 100, count: 10) + [1], limit: 1_000)
        let fault = refusal(more.result)
        #expect(fault?.kind == .tooLarge && fault?.code == "content_too_large")
        #expect(fault?.detail.contains("1000 bytes") == true)
    }

    @Test func `a body's announced length is allocated only as it arrives`() {
        let memory = BodyMemory()
        let (_, lease) = collect([10], .length(600_000), in: memory)
        #expect(lease.bytes == BodyMemory.firstStep)
        let whole = collect([400_000, 200_000], .length(600_000), in: memory)
        #expect(whole.lease.bytes == 600_000)
        #expect(memory.heldBytes == 600_000 + BodyMemory.firstStep)
    }

    @Test(arguments: [[20_000, 45_535], [65_535], [40_000, 25_535], [4_096, 1, 61_438]])
    func `what a body takes doesn't depend on the parts it came in`(parts: [Int]) {
        #expect(collect(parts, .length(65_536)).lease.bytes == 65_536)
        #expect(collect(parts).lease.bytes == 65_536)
    }

    @Test func `the bodies of a caller share one limit until their last reference ends`() {
        let memory = BodyMemory(limit: 100_000, share: 16_384)
        var kept: [BodyLease] = []
        for _ in 0..<2 {
            let (result, lease) = collect([5_000], in: memory, for: ada)
            #expect((try? result?.get())?.count == 5_000)
            kept.append(lease)
        }
        let third = refusal(collect([1], in: memory, for: ada).result)
        #expect(third?.kind == .rateLimited && third?.code == "too_many_bytes_in_flight")
        #expect(third?.retryAfter == 1)
        // What others hold is nothing to her, nor hers to them.
        #expect(refusal(collect([5_000], in: memory, for: .user("grace")).result) == nil)
        #expect(refusal(collect([5_000], in: memory, for: .network(1)).result) == nil)
        kept.removeLast()
        #expect(refusal(collect([4_000], in: memory, for: ada).result) == nil)
        kept = []
        #expect(memory.heldBytes == 0)
    }

    @Test func `beyond the total limit all callers get 503, services too`() {
        let memory = BodyMemory(limit: 32_768, share: 32_768)
        var held = [
            collect([9_000], in: memory, for: ada), collect([9_000], in: memory, for: nil),
        ]
        for caller in [ada, .network(9), nil] {
            let fault = refusal(collect([4_000], in: memory, for: caller).result)
            #expect(fault?.kind == .unavailable && fault?.code == "overloaded")
            #expect(fault?.retryAfter == 1)
        }
        #expect(memory.heldBytes == 32_768, "what is refused holds nothing")
        held = []
        #expect(held.isEmpty && memory.heldBytes == 0)
        // Nor does it count later: the whole limit is available.
        let whole = collect([32_768], .length(32_768), in: memory, for: ada)
        #expect(refusal(whole.result) == nil)
    }

    @Test func `settings that don't allow the largest body are refused`() {
        func mistakes(_ values: [String: String]) -> [String] {
            var settings = Settings(values)
            _ = BodyMemory(&settings, longest: 1_048_576)
            return settings.mistakes
        }
        #expect(mistakes([:]).isEmpty)
        #expect(mistakes(["LATCHKEY_BODY_MEMORY_CALLER": "1048575"]).count == 1)
        #expect(mistakes(["LATCHKEY_BODY_MEMORY": "8388607"]).count == 1)
        let both = ["LATCHKEY_BODY_MEMORY": "1048576", "LATCHKEY_BODY_MEMORY_CALLER": "1048576"]
        #expect(mistakes(both).isEmpty)
    }
}
