import Kernel

/// A picture above a page's heading, which says how it ended before people read; the heading says
/// the same.
enum PageMark {
    case good
    case neutral
    case late
    case closed
    case warning

    var html: HTML {
        """
        <svg class="icon\(look)" viewBox="0 0 24 24" aria-hidden="true">\
        <circle cx="12" cy="12" r="10.5"/><path d="\(path)"/></svg>

        """
    }

    private var look: HTML {
        switch self {
        case .good: " good"
        case .warning: " bad"
        case .neutral, .late, .closed: ""
        }
    }

    private var path: HTML {
        switch self {
        case .good, .neutral: "m7.5 12.5 3 3 6-7"
        case .late: "M12 6.5V12l3.5 2"
        case .closed: "m8.5 8.5 7 7m0-7-7 7"
        case .warning: "M12 7v6m0 3.5v.01"
        }
    }
}
