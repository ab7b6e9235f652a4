/// Leases on what one context knows and another needs for its checks (Gray and Cheriton, 1989,
/// https://doi.org/10.1145/74851.74870); `Shared/Leases` has the protocol.
public enum LeaseRoutes {
    /// `POST` `LeaseRenewal` → `LeaseReply`: at once if something changed, otherwise when it does
    /// or after a quarter of a second.
    public static let renew = Endpoint(
        "renewLease", .post, "/internal/leases", access: .service, readsOnly: true,
        summary: "Renew a lease on answers, and get what changed")
}

/// A version of what a context knows: it grows with each change that leases depend on.
public struct LeaseMark: Codable, Sendable, Equatable {
    /// Identifies the process that counts: another one counts anew.
    public let epoch: String
    /// Counts changes.
    public let version: Int

    public init(epoch: String, version: Int) {
        self.epoch = epoch
        self.version = version
    }
}

extension LeaseMark: JSONByteReadable, JSONByteWritable {
    public init?(from reader: inout JSONByteReader) {
        var epoch: String?
        var version: Int?
        let isPlain = reader.object { reader, name in
            switch name {
            case "epoch" where epoch == nil: epoch = reader.string()
            case "version" where version == nil: version = reader.number()
            default: return false
            }
            return true
        }
        guard isPlain, let epoch, let version else { return nil }
        self.init(epoch: epoch, version: version)
    }

    /// As the coder would.
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("epoch", epoch)
            $0.member("version", version)
        }
    }
}

/// Renews a lease and confirms changes, or ends it.
public struct LeaseRenewal: Codable, Sendable, Equatable {
    /// In characters, of `holder`.
    public static let maximumHolder = 64

    /// Identifies the process that holds answers.
    public let holder: String
    /// The version whose changes it has applied, and confirms hereby; nil in its first request.
    public let through: LeaseMark?
    /// Whether it ends the lease instead: the process stops, and answers no more.
    public let ends: Bool

    public init(holder: String, through: LeaseMark?, ends: Bool = false) {
        self.holder = holder
        self.through = through
        self.ends = ends
    }
}

/// What a holder of a lease must know.
public struct LeaseReply: Codable, Sendable, Equatable {
    /// The version that the holder has once it has applied this.
    public let mark: LeaseMark
    /// For how many milliseconds since the holder sent its request it can answer.
    public let life: Int
    /// Whether the holder must forget all answers.
    public let startsOver: Bool
    /// The keys whose answers the holder must forget.
    public let changed: [String]

    public init(mark: LeaseMark, life: Int, startsOver: Bool, changed: [String]) {
        self.mark = mark
        self.life = life
        self.startsOver = startsOver
        self.changed = changed
    }
}
