using Juming.Platform.Handlers;

namespace Juming.Site.Response;

/// <summary>Every refusal of playbooks and runs.</summary>
internal static class ResponseErrors
{
    public static readonly Error NoSuchPlaybook = new(ErrorKind.NotFound, "response.no-such-playbook", "There is no playbook with this identity.");
    public static readonly Error NoSuchVersion = new(ErrorKind.NotFound, "response.no-such-version", "This playbook has no such version.");
    public static readonly Error NoSuchSecret = new(ErrorKind.NotFound, "response.no-such-secret", "There is no secret with this name.");
    public static readonly Error TooManySecrets = new(ErrorKind.Conflict, "response.too-many-secrets", "There are {most} secrets already; remove one that nothing uses.");
    public static readonly Error NoSuchRun = new(ErrorKind.NotFound, "response.no-such-run", "There is no run with this identity or number.");
    public static readonly Error NoSuchStep = new(ErrorKind.NotFound, "response.no-such-step", "There is no such step in this run, or it is acting just now.");
    public static readonly Error NoSuchIncident = new(ErrorKind.NotFound, "response.no-such-incident", "There is no incident with this identity or number.", Field: "Incident");
    public static readonly Error NoSuchAction = new(ErrorKind.NotFound, "response.no-such-action", "This site offers no such action.");
    public static readonly Error NoSuchReady = new(ErrorKind.NotFound, "response.no-such-ready", "There is no ready playbook with this name.");
    public static readonly Error NotAPlaybook = new(ErrorKind.Invalid, "response.not-a-playbook", "This is no CACAO 2.0 playbook: {pointer}: {reason}", Field: "Document");
    public static readonly Error HasProblems = new(ErrorKind.Conflict, "response.has-problems", "{count} problems stand against it; the first: {pointer}: {reason}");
    public static readonly Error ThereAlready = new(ErrorKind.Conflict, "response.there-already", "There is a playbook with this CACAO identity already; open it and put the new document in its draft.");
    public static readonly Error ChangedMeanwhile = new(ErrorKind.Conflict, "response.changed-meanwhile", "{by} changed this draft meanwhile; load it again, then make your change on that.");
    public static readonly Error NothingNew = new(ErrorKind.Conflict, "response.nothing-new", "The draft is the same as the version in force.");
    public static readonly Error NotPublished = new(ErrorKind.Conflict, "response.not-published", "Publish a version first.");
    public static readonly Error LookFirst = new(ErrorKind.Conflict, "response.look-first", "Before it may start by itself, look at a dry run or replay of version {version}.");
    public static readonly Error NothingStartsIt = new(ErrorKind.Conflict, "response.nothing-starts-it", "Nothing starts this playbook by itself: give it a trigger first.");
    public static readonly Error ActionNotYours = new(ErrorKind.Forbidden, "response.action-not-yours", "It does what you may not: {action} needs the permission {permission}.");
    public static readonly Error NobodyToAsk = new(ErrorKind.Conflict, "response.nobody-to-ask", "Its first runs must ask a person, and this site has no approvals.");
    public static readonly Error RunIsOver = new(ErrorKind.Conflict, "response.run-is-over", "This run is over already.");
    public static readonly Error RunGoesOn = new(ErrorKind.Conflict, "response.run-goes-on", "Stop this run first.");
    public static readonly Error RolledBackAlready = new(ErrorKind.Conflict, "response.rolled-back-already", "This run was taken back already.");
    public static readonly Error NothingToRetry = new(ErrorKind.Conflict, "response.nothing-to-retry", "Only a step that failed can be tried again, once its run has ended.");
    public static readonly Error NothingToSettle = new(ErrorKind.Conflict, "response.nothing-to-settle", "It is known what became of this step.");
    public static readonly Error Stopping = new(ErrorKind.Unavailable, "response.stopping", "The site is stopping; try again when it is back.");
    public static readonly Error TooDeep = new(ErrorKind.Conflict, "response.too-deep", "Playbooks that start one another may be {most} deep.");
}
