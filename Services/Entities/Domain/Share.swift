import EntitiesContract
import Kernel

/// Access that one user gave another.
struct Share: Sendable, Equatable {
    let id: String
    let entityId: String
    let userId: String
    let createdBy: String
    let createdAt: Timestamp
}

/// Whom to share with: 1–100 addresses, each once, in the order given.
struct Addressees: Sendable, Equatable {
    static let maximum = EntityLimits.addressees

    let emails: [String]

    init(_ emails: [String]) throws(Fault) {
        guard (1...Self.maximum).contains(emails.count) else {
            throw .invalid("/emails", "must hold 1–\(Self.maximum) addresses")
        }
        var validation = Validation()
        var seen: Set<String> = []
        var valid: [String] = []
        for (index, raw) in emails.enumerated() {
            let email = validation.check(try Text.email(raw, pointer: "/emails/\(index)"))
            if let email, seen.insert(email).inserted { valid.append(email) }
        }
        try validation.finish()
        self.emails = valid
    }
}
