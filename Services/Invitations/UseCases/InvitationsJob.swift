import Collaboration
import Contract
import Kernel
import SQLite
import Workspaces
import WriteKit

/// Work that can touch any number of rows, of one of the parts or of all.
enum InvitationsJob: BackgroundJob, Equatable {
    case collaboration(CollaborationJob)
    case workspaces(WorkspacesJob)
    case user(UserJob)

    private var job: any BackgroundJob {
        switch self {
        case .collaboration(let job): job
        case .workspaces(let job): job
        case .user(let job): job
        }
    }

    var kind: String { job.kind }
    var subject: String { job.subject }

    // Each is stored as itself: parts begin their jobs on their own.

    init(from decoder: any Decoder) throws {
        if let job = try? CollaborationJob(from: decoder) {
            self = .collaboration(job)
        } else if let job = try? WorkspacesJob(from: decoder) {
            self = .workspaces(job)
        } else {
            self = .user(try UserJob(from: decoder))
        }
    }

    func encode(to encoder: any Encoder) throws { try job.encode(to: encoder) }
}

/// What is left of a deleted or offboarded user in all parts. Names of cases and members are
/// stored.
enum UserJob: BackgroundJob, Equatable {
    case removeUser(
        userId: String, admin: EventActor, offboarding: UserRemoval.Offboarding? = nil)

    /// As stored by earlier versions.
    enum CodingKeys: String, CodingKey {
        case removeUser = "dropUser"
    }

    var kind: String { removal.kind }
    var subject: String { removal.userId }

    var removal: UserRemoval {
        switch self {
        case .removeUser(let userId, let admin, let offboarding):
            UserRemoval(userId: userId, by: admin, offboarding: offboarding)
        }
    }
}

extension InvitationsContext {
    var jobs: Jobs<InvitationsJob> {
        Jobs(rows: jobRows) { [self] job, budget, tx in
            switch job {
            case .collaboration(let job): try invitations.advance(job, &budget, in: tx)
            case .workspaces(let job): try WorkspacesUseCases.advance(job, &budget, in: tx)
            case .user(let job): try removeSome(of: job.removal, &budget, in: tx)
            }
        }
    }
}
