using Juming.Platform.Handlers;

namespace Juming.Site.Approvals;

/// <summary>Every refusal of approvals.</summary>
internal static class ApprovalErrors
{
    public static readonly Error NoSuchApproval = new(ErrorKind.NotFound, "approvals.no-such-approval", "There is no approval with this identity.");
    public static readonly Error NoSuchLink = new(ErrorKind.NotFound, "approvals.no-such-link", "This link is not valid, or no longer. Sign in to the console, or ask for a new one.");
    public static readonly Error Over = new(ErrorKind.Conflict, "approvals.over", "This was decided already ({state}); nothing has changed.");
    public static readonly Error TooLate = new(ErrorKind.Conflict, "approvals.too-late", "The time for an answer is over; nothing was done. Ask again if it is still needed.");
    public static readonly Error AnsweredAlready = new(ErrorKind.Conflict, "approvals.answered-already", "You have answered this already; your first answer stands.");
    public static readonly Error OwnRequest = new(ErrorKind.Forbidden, "approvals.own-request", "You asked for this yourself: somebody else must answer.");
    public static readonly Error PeopleOnly = new(ErrorKind.Forbidden, "approvals.people-only", "Only a person who is signed in can answer; a token can't.");
    public static readonly Error NotYours = new(ErrorKind.Forbidden, "approvals.not-yours", "Your account may no longer answer approvals.");
    public static readonly Error ReasonNeeded = new(ErrorKind.Invalid, "approvals.reason-needed", "Say why you refuse.", Field: "Reason");
    public static readonly Error CodeNeeded = new(ErrorKind.Invalid, "approvals.code-needed", "This needs a fresh code from your authenticator app.", Field: "Code");
}
