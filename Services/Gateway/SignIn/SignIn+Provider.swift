import GatewayContract
import Kernel
import SQLite
import WriteKit

/// Signing in to the console at the platform's identity provider.
extension SignIn {
    /// A code for a user whose address the provider has verified. Creates the user if the address
    /// is new and sign-up is open.
    /// - Parameter challenge: of the verifier, without which the code is worth nothing.
    /// - Returns: nil if there is no such user, and none can be created.
    func makeProviderCode(
        for email: String, _ challenge: String, requestId: String
    ) async throws -> String? {
        let code = Base64URL.encode(random.bytes(32))
        let isMade = try await database.write { tx in
            try ProviderCodeStore.purge(in: tx)
            guard let user = try user(email, requestId, canCreate: isSignUpOpen, in: tx) else {
                return false
            }
            try ProviderCodeStore.insert(
                ProviderCodeRule.digest(code), of: user.id, challenge, in: tx)
            return true
        }
        return isMade ? code : nil
    }

    /// Starts the session of a code.
    func signIn(
        _ body: ProviderSessionBody, from client: SignInClient, requestId: String
    ) async throws -> Session {
        for (name, text) in [("code", body.code), ("verifier", body.verifier)]
        where !ProviderSessionBody.length.contains(text.utf8.count) {
            throw Fault.invalid("/\(name)", ProviderSessionBody.lengthRule)
        }
        let secret = APIToken.make(prefix: APIToken.sessionPrefix, random: random)
        // That a code is used up must be committed: a refusal doesn't roll the transaction back.
        let result = try await database.write { tx -> Result<(Session, isTrimmed: Bool), Fault> in
            if let fault = try countTry(of: client.network, in: tx) { return .failure(fault) }
            let digest = ProviderCodeRule.digest(body.code)
            guard let found = try ProviderCodeStore.take(digest, in: tx),
                ProviderCodeRule.matches(body.verifier, found.challenge)
            else { return .failure(SignInRule.invalidCode) }
            guard !found.user.isSuspended else { return .failure(Fault(ProblemType.userSuspended)) }
            return .success(try startSession(of: found.user, secret, client, requestId, in: tx))
        }
        let (session, isTrimmed) = try result.get()
        if isTrimmed { lookup.invalidate() }
        return session
    }
}
