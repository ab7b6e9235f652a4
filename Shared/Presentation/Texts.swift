import Kernel

/// Every text that people read on our pages and in our mails, in one language. A language is
/// complete or doesn't compile.
///
/// Address people formally, and the same way everywhere: Sie, vous, usted. Names can't be declined:
/// sentences are built so that they need no other form, and no gender.
public protocol Texts: PageTexts, MailTexts, Sendable {
    /// Names in headings aren't strong: the whole heading is.
    /// - Parameter inviter: nil if the user was deleted.
    func invites(_ inviter: String?, to thing: String, as role: InvitedAs) -> String
    /// Before the inviter's name and address.
    var invitedBy: String { get }
    /// Before the invited address.
    var invitedAddress: String { get }
    /// Before what the invitee will be.
    var roleLabel: String { get }
    func role(_ role: InvitedAs) -> String
    /// Before the day on which an invitation expires.
    var expiresLabel: String { get }
    var terms: String { get }
    var privacy: String { get }
    /// Before an address, at the end of pages and mails.
    var help: String { get }
}

/// What an invitation gives.
public enum InvitedAs: Sendable, CaseIterable {
    /// Of an entity.
    case collaborator
    /// Of an entity.
    case viewer
    /// Of a workspace.
    case reader
    /// Of a workspace.
    case writer

    /// Whether it is a place in a workspace.
    public var isInWorkspace: Bool { self == .reader || self == .writer }
}

/// The texts of the pages behind the links of invitations.
public protocol PageTexts {
    // Titles, which are headings where no other is named.
    var invitation: String { get }
    var enterCode: String { get }
    var wrongCodeTitle: String { get }

    func confirm(_ email: String) -> Phrase
    var sendCode: String { get }
    func codeSent(_ email: String) -> Phrase
    /// How long the code works, and where its mail may be.
    func codeHelp(minutes: Int) -> String
    var code: String { get }
    var signIn: String { get }
    var sendNewCode: String { get }
    var wrongCode: String { get }
    var accept: String { get }
    var decline: String { get }
    func signedIn(as email: String) -> Phrase
    func willBeSignedIn(as email: String) -> Phrase
    func signedIn(as other: String, notAs invited: String) -> Phrase
    var signInToRespond: String { get }

    // Signing in at the platform's identity provider.
    func goOn(with provider: String) -> String
    func providerAway(_ provider: String) -> Phrase
    func providerFailed(_ provider: String) -> Phrase
    /// It has not verified the user's address.
    func providerUnverified(_ provider: String) -> Phrase
    func signedIn(by provider: String, as other: String, notAs invited: String) -> Phrase

    /// Signs out, so that another account can sign in.
    var useOther: String { get }
    var signOut: String { get }

    // How an invitation has ended. The inviter is nil if the user was deleted.
    func accepted(_ thing: String) -> String
    var closePage: String { get }
    /// To the product.
    func goOn(_ product: String) -> String
    var alreadyAccepted: String { get }
    func alreadyAcceptedNote(_ inviter: String?) -> Phrase
    var expired: String { get }
    func expiredNote(_ inviter: String?) -> Phrase
    var declined: String { get }
    func declinedNote(_ inviter: String?) -> Phrase
    var revoked: String { get }
    func revokedNote(_ inviter: String?) -> Phrase
    /// The button that asks the inviter for a new one.
    var ask: String { get }
    func asked(_ inviter: String) -> Phrase

    var notFound: String { get }
    var notFoundNote: String { get }

    // The page that stops e-mails about shares.
    var notifications: String { get }
    func notified(_ email: String) -> Phrase
    /// The button, and the link to the page in mails.
    var stopNotifications: String { get }
    var unsubscribed: String { get }
    func unsubscribedNote(_ email: String) -> Phrase
    var unknownLink: String { get }
    var unknownLinkNote: Phrase { get }

    var wentWrong: String { get }
    func refusalTitle(_ reason: PageRefusal) -> String
    func refusal(_ reason: PageRefusal) -> String
    var backToInvitation: String { get }
}

/// Why a page can't do what was asked.
public enum PageRefusal: Sendable, CaseIterable {
    /// A newer mail has another link.
    case linkReplaced
    /// The inviter can no longer invite.
    case inviterGone
    case userSuspended
    case tooManyTries
    /// A form that can't be read, or a sign-in that has ended.
    case stalePage
    case foreignForm
    /// A failure of ours, or of a service that we need.
    case unavailable
}

/// The texts of mails. What users wrote has lost its links (`Unlinked`) before it comes here. The
/// inviter is nil if the user was deleted.
public protocol MailTexts {
    func invitationSubject(_ inviter: String?, _ thing: String, as role: InvitedAs) -> String
    var instruction: String { get }
    var viewButton: String { get }
    /// Of a link that signs in.
    func acceptTerms(until day: String) -> Phrase
    /// Of a link to a page that asks for a code.
    func viewTerms(until day: String) -> Phrase
    /// Before the link that a button has, too.
    var orOpen: String { get }
    func ignore(_ inviter: String?) -> Phrase

    /// To the inviter: whom they invited asks for a new invitation.
    func requestSubject(_ email: String, _ thing: String) -> String
    func request(_ email: String, _ thing: String) -> Phrase
    var requestNote: Phrase { get }

    /// - Parameter giver: nil if several users shared, or the one who did was deleted.
    func shared(by giver: String?, _ thing: String) -> String
    func shared(by giver: String?, count: Int) -> String
    /// Before the name and address of who shared.
    var sharedBy: String { get }
    func access(_ shared: SharedAs) -> String
    /// Behind a list of other things.
    func moreShared(_ count: Int) -> String
    /// Before the link to the product.
    var seeShared: String { get }
    func whyNotified(_ email: String) -> Phrase

    /// The code comes first: phones show how a subject begins.
    func codeSubject(_ code: String, _ product: String) -> String
    var yourCode: String { get }
    func codeTerms(minutes: Int) -> Phrase
    var codeNotRequested: Phrase { get }

    var webhookDisabled: String { get }
    func webhookDisabled(_ id: String, because reason: WebhookEnd) -> Phrase
    func webhookRemedy(_ id: String) -> Phrase
    func webhookEventsKept(days: Int) -> Phrase
}

/// What a share gives.
public enum SharedAs: Sendable {
    case entity
    case integration(level: Int)
}

/// Why we have disabled a webhook.
public enum WebhookEnd: Sendable {
    case gone
    case noLongerAdmin
    case noLongerInOrganization
    case failing(days: Int)
}
