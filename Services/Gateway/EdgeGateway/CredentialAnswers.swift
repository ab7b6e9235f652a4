import GatewayContract
import Kernel
import Leases

/// What an edge gateway asks the primary one.
enum CredentialQuestion: LeaseQuestion {
    case token(SHA256.Digest)
    /// By id, or by `ext:` and an external id.
    case user(String)

    /// The question doesn't tell whose token it is.
    func dependsOnAny(_ test: (_ key: String) -> Bool) -> Bool { false }
}

/// What there is; what is missing is asked for again.
enum CredentialAnswer: LeaseAnswer {
    case token(TokenGrant)
    case user(NamedUser)

    func dependsOnAny(_ test: (_ key: String) -> Bool) -> Bool {
        switch self {
        case .token(let grant): test(grant.caller.userId)
        case .user(let user): test(user.id)
        }
    }
}

extension CredentialAnswer {
    init(_ token: CredentialsReply.Token) {
        self = .token(
            TokenGrant(
                caller: Caller(
                    userId: token.userId, isAdmin: token.isAdmin, scopes: token.scopes,
                    readOnly: token.readOnly, tokenId: token.id),
                expiresAt: token.expiresAt, isSession: token.isSession,
                isSuspended: token.isSuspended, rateLimit: token.rateLimit))
    }

    init(_ user: CredentialsReply.User) {
        self = .user(
            NamedUser(user))
    }
}

extension NamedUser {
    /// A primary gateway of an older version doesn't say why a user can't be acted for: those have
    /// no access by JWTs until it is upgraded.
    init(_ user: CredentialsReply.User) {
        self.init(
            id: user.id, username: user.username, isActable: user.isActable,
            isAdmin: user.isAdmin ?? false, isSuspended: user.isSuspended ?? !user.isActable)
    }
}

extension CredentialsQuery {
    init(_ questions: some Sequence<CredentialQuestion>) {
        var (tokens, users): ([String], [String]) = ([], [])
        for question in questions {
            switch question {
            case .token(let digest): tokens.append(Base64URL.encode(digest.bytes))
            case .user(let name): users.append(name)
            }
        }
        self.init(tokens: tokens, users: users)
    }
}

extension CredentialsReply {
    /// By the questions that they answer.
    var answers: [CredentialQuestion: CredentialAnswer] {
        var answers: [CredentialQuestion: CredentialAnswer] = [:]
        for token in tokens {
            let bytes = Base64URL.decode(Array(token.digest.utf8)[...]) ?? []
            guard let digest = SHA256.Digest(bytes: bytes) else { continue }
            answers[.token(digest)] = CredentialAnswer(token)
        }
        for user in users { answers[.user(user.name)] = CredentialAnswer(user) }
        return answers
    }
}
