import GatewayContract
import Kernel
import SQLite
import WriteKit

/// Codes by which the platform's backend learns who accepted an invitation.
struct ExchangeCodes: GatewayUseCases {
    let database: Database
    let ids: IDMinter
    let random: any RandomSource

    /// A code for the user who leaves our pages.
    func make(for userId: String, _ invitation: ExchangedInvitationBody) async throws -> String {
        let code = Base64URL.encode(random.bytes(32))
        try await database.write { tx in
            try ExchangeCodeStore.purge(in: tx)
            try ExchangeCodeStore.insert(Self.digest(code), of: userId, invitation, in: tx)
        }
        return code
    }

    /// - Throws: 410 for a code that doesn't work, 422 for none.
    func exchange(
        _ body: ExchangeBody, by caller: Caller
    ) throws -> PendingWrite<Void, ExchangedBody> {
        try UserPolicy.requireAdmin(caller)
        guard ExchangeLimits.codeLength.contains(body.code.utf8.count) else {
            throw Fault.invalid(
                "/code", "must have 1 to \(ExchangeLimits.codeLength.upperBound) characters")
        }
        return write(by: caller) { tx in
            guard let found = try ExchangeCodeStore.take(Self.digest(body.code), in: tx) else {
                throw Fault(GatewayProblems.exchangeCodeEnded)
            }
            return ExchangedBody(user: UserBody(found.user), invitation: found.invitation)
        }
    }

    private static func digest(_ code: String) -> [UInt8] { SHA256.hash(Array(code.utf8)) }
}
