import Kernel
import Synchronization
import TestSupport
import Testing

@Suite struct ShareLimiterTests {
    private let ada = CallerKey.user("ada")
    private let grace = CallerKey.user("grace")

    @Test func `each holder has its own limit, and can reuse what it returns`() {
        let limiter = ShareLimiter(share: 3)
        #expect(limiter.take(2, for: ada) && limiter.take(for: ada))
        #expect(!limiter.take(for: ada))
        #expect(limiter.take(3, for: grace))
        limiter.giveBack(2, of: ada)
        #expect(!limiter.take(3, for: ada), "nothing is taken in part")
        #expect(limiter.held(by: ada) == 1)
        #expect(limiter.take(2, for: ada) && !limiter.take(for: ada))
        #expect(limiter.refusedCount == 3)
    }

    @Test func `a lease ends with its last reference`() {
        let limiter = ShareLimiter(share: 1)
        var lease = limiter.lease(for: .network(7))
        #expect(lease != nil && limiter.lease(for: .network(7)) == nil)
        let other = lease
        lease = nil
        #expect(limiter.held(by: .network(7)) == 1)
        withExtendedLifetime(other) {}
    }

    @Test func `returning more than was taken has no effect`() {
        let limiter = ShareLimiter(share: 2)
        limiter.giveBack(5, of: ada)
        #expect(limiter.take(2, for: ada))
        limiter.giveBack(5, of: ada)
        #expect(limiter.held(by: ada) == 0 && limiter.take(2, for: ada) && !limiter.take(for: ada))
    }

    @Test func `concurrent requests get exactly the limit`() async {
        let limiter = ShareLimiter(share: 50)
        let granted = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<400 { group.addTask { limiter.take(for: ada) } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(granted == 50 && limiter.held(by: ada) == 50)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { limiter.giveBack(of: ada) } }
        }
        #expect(limiter.held(by: ada) == 0)
    }
}
