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

/// The users to share with: 1–100 distinct addresses, in the order given.
struct Addressees: Sendable, Equatable {
    let emails: [String]

    init(_ emails: [String]) throws(Fault) {
        guard (1...EntityLimits.addressees).contains(emails.count) else {
            throw .invalid("/emails", "must contain 1 to \(EntityLimits.addressees) addresses")
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
