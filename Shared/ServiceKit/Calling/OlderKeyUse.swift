import Kernel
import Synchronization

/// Counts the requests that another key than the first verified: while there are any, the secret
/// of that key is in use.
final class OlderKeyUse: Sendable {
    /// A key that is not the first.
    struct Key: Hashable, Sendable {
        let issuer: String
        /// In the list of keys, from 1.
        let position: Int
    }

    private struct Use {
        var requests = 0
        var last = Timestamp(milliseconds: 0)
    }

    private let uses = Mutex<[Key: Use]>([:])

    func count(_ key: Key, at now: Timestamp) {
        uses.withLock {
            $0[key, default: Use()].requests += 1
            $0[key]?.last = now
        }
    }

    /// - Parameter counts: how many keys there are of each issuer; each has its sample, so that
    ///   none is missing where nothing was counted.
    func writeMetrics(_ counts: [(issuer: String, keys: Int)], _ text: inout MetricsText) {
        let keys = counts.flatMap { issuer, count in
            (2..<max(2, count + 1)).map { Key(issuer: issuer, position: $0) }
        }
        guard !keys.isEmpty else { return }
        let uses = uses.withLock { $0 }
        let requests = "latchkey_identity_older_key_requests_total"
        text.family(
            requests, "counter", "Requests of services, verified by another key than the first.")
        for key in keys {
            text.sample(requests, Self.labels(key), Double(uses[key]?.requests ?? 0))
        }
        let last = "latchkey_identity_older_key_last_seconds"
        text.family(
            last, "gauge", "When such a key last verified a request, in seconds since 1970; or 0.")
        for key in keys {
            let seconds = (uses[key]?.last.milliseconds ?? 0) / 1_000
            text.sample(last, Self.labels(key), Double(seconds))
        }
    }

    private static func labels(_ key: Key) -> KeyValuePairs<String, String> {
        ["issuer": key.issuer, "key": "\(key.position)"]
    }
}

extension ServiceKeys {
    /// `latchkey_identity_older_key_requests_total` and `…_last_seconds`, if there are older keys.
    /// - Parameter audience: the service whose metrics these are.
    public func writeMetrics(of audience: String, _ text: inout MetricsText) {
        olderUse.writeMetrics(counts(to: audience), &text)
    }
}
