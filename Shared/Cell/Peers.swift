import Contract
import EventLoop
import FoundationEssentials
import HTTPCore
import Kernel
import ObjectStorage
import ServiceKit

/// The agents of the other machines, asked for promises (`Restraint`). Messages are authenticated
/// by the secret of the bucket, which all agents have: with forged ones, a standby could be kept
/// from taking over.
struct Peers: Sendable {
    /// A promise asked for, or made.
    private struct Message: Codable {
        let reign: UInt64
        /// Milliseconds since 1970.
        let time: Int64
        /// HMAC-SHA256 of what it says, in hexadecimal.
        let mac: String
    }

    private static let endpoint = Endpoint(
        "promise", .post, "/promise", access: .open,
        summary: "Promise not to take the lease for a TTL")
    /// Milliseconds that clocks of two machines may differ.
    private static let tolerance: Int64 = 30_000
    /// Milliseconds for all peers.
    private static let patience = 600

    private let origins: [HTTPOrigin]
    private let cell: String
    private let secret: [UInt8]
    private let ttl: Int
    private let clock = SystemClock()

    init(_ settings: CellSettings) {
        origins = settings.peers
        cell = settings.name
        secret = Array(settings.bucket.secretAccessKey.utf8)
        ttl = settings.ttl
    }

    /// Whether every other machine promises not to take over from `reign` for a TTL from now on.
    /// Blocks.
    func allPromise(_ reign: UInt64) -> Bool {
        let deadline = Ticks.now.adding(milliseconds: Self.patience)
        return origins.allSatisfy { promises(reign, at: $0, until: deadline) }
    }

    private func promises(_ reign: UInt64, at origin: HTTPOrigin, until deadline: Ticks) -> Bool {
        let asked = message("ask", reign, clock.now().milliseconds)
        guard let body = try? JSONEncoder().encode(asked),
            let address = HostLookup.addresses(of: origin.host).first
        else { return false }
        let request = Curl.Request(
            "POST", origin.text + "/promise", fields: [("Content-Type", "application/json")],
            body: String(decoding: body, as: UTF8.self), at: address, port: origin.port)
        guard let result = Curl.run(request, maximumOutput: 8_192, until: deadline),
            result.exitCode == 0, result.output.starts(with: Array("HTTP/1.1 200 ".utf8)),
            let end = result.output.firstRange(of: Array("\r\n\r\n".utf8)),
            let reply = try? JSONDecoder().decode(
                Message.self, from: Data(result.output[end.upperBound...]))
        else { return false }
        return reply.reign == reign && reply.time == asked.time && isOurs("promise", reply)
    }

    /// The other side.
    func route(_ restraint: Restraint) -> Route {
        .now(Self.endpoint) { request in
            guard let asked = try? JSONDecoder().decode(Message.self, from: Data(request.body)),
                isOurs("ask", asked),
                abs(asked.time - clock.now().milliseconds) < Self.tolerance
            else { throw Fault(.unauthenticated) }
            let end = Ticks.nowWithSleep.adding(milliseconds: ttl)
            guard restraint.promise(asked.reign, until: end) else {
                throw Fault(
                    .storageUnavailable, retryAfter: 1, privateDetail: "it may take over")
            }
            return .json(message("promise", asked.reign, asked.time))
        }
    }

    private func message(_ kind: String, _ reign: UInt64, _ time: Int64) -> Message {
        Message(reign: reign, time: time, mac: mac(kind, reign, time))
    }

    private func isOurs(_ kind: String, _ message: Message) -> Bool {
        constantTimeEquals(
            Array(message.mac.utf8), Array(mac(kind, message.reign, message.time).utf8))
    }

    private func mac(_ kind: String, _ reign: UInt64, _ time: Int64) -> String {
        let text = "latchkey cell\n\(kind)\n\(cell)\n\(reign)\n\(time)"
        return HMACSHA256(key: secret).authenticate(Array(text.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
