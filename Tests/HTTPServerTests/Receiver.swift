import EventLoop
import HTTPClient
import HTTPCore
import TestSupport

/// Takes an answer, counts what it is told, and does what the test wants.
final class Receiver: ResponseConsumer, @unchecked Sendable {  // used on one loop
    struct Seen: Sendable {
        var status = 0
        var bytes = 0
        var id: String?
        var ends = 0
        var failures: [UpstreamFailure] = []
    }

    let log = Log(Seen())
    var onBody: (() -> Void)?

    func head(_ head: ResponseHead) {
        log.change {
            $0.status = head.status
            $0.id = head.fields[.xRequestId]
        }
    }

    func responseBody(_ bytes: UnsafeRawBufferPointer) {
        log.change { $0.bytes += bytes.count }
        onBody?()
    }

    func end() { log.change { $0.ends += 1 } }
    func failed(_ failure: UpstreamFailure) { log.change { $0.failures.append(failure) } }
}

/// Runs `test` with the pool of one loop to the upstream at `port`.
func withPool(
    _ port: UInt16, ticks: FakeTicks = FakeTicks(),
    options change: (inout UpstreamOptions) -> Void = { _ in },
    test: @escaping (EventLoop, UpstreamPool) async throws -> Void
) async throws {
    let group = ticks.group()
    let loop = group.loops[0]
    var options = UpstreamOptions(host: "127.0.0.1", port: port)
    change(&options)
    let pool = UpstreamPool(options, resolver: Resolver(), on: loop)
    defer { group.stop() }
    try await test(loop, pool)
}
