using Juming.Platform.Handlers;

namespace Juming.Site.DeviceLinkage;

/// <summary>Every refusal of device linkage.</summary>
internal static class LinkageErrors
{
    public static readonly Error NoSuchDevice = new(ErrorKind.NotFound, "linkage.no-such-device", "There is no device with this identity.");
    public static readonly Error NotAnAddress = new(ErrorKind.Invalid, "linkage.not-an-address", "{value} is not the address of a web console; write https://10.0.0.1:8443 or the like.", Field: "Address");
    public static readonly Error ThisMachine = new(ErrorKind.Invalid, "linkage.this-machine", "{value} belongs to this machine itself, or to no machine; it can't be a device.", Field: "Address");
    public static readonly Error EnteredTwice = new(ErrorKind.Conflict, "linkage.entered-twice", "{device} has this address already.", Field: "Address");
    public static readonly Error ChangedMeanwhile = new(ErrorKind.Conflict, "linkage.changed-meanwhile", "{by} changed this device at {at}; look at it again, then decide.");
    public static readonly Error NotAuthorised = new(ErrorKind.Invalid, "linkage.not-authorised", "Write down who allowed it and where that is recorded: no device is opened without.", Field: "AuthorisedReference");
    public static readonly Error InUse = new(ErrorKind.Conflict, "linkage.in-use", "A run is under way on this device; wait until it has ended.");
    public static readonly Error NotASeed = new(ErrorKind.Invalid, "linkage.not-a-seed", "The seed of one-time codes is Base32, letters A to Z and digits 2 to 7.", Field: "Seed");
    public static readonly Error NoSuchRun = new(ErrorKind.NotFound, "linkage.no-such-run", "There is no run with this identity.");
    public static readonly Error NoSuchRecipe = new(ErrorKind.NotFound, "linkage.no-such-recipe", "There is no recipe with this identity.");
    public static readonly Error RecipeFaulty = new(ErrorKind.Invalid, "linkage.recipe-faulty", "Line {line}: {reason} ({count} in all)", Field: "Yaml");
    public static readonly Error NotADraft = new(ErrorKind.Conflict, "linkage.not-a-draft", "This recipe is in use already.");
    public static readonly Error SuggestionOutdated = new(ErrorKind.Conflict, "linkage.suggestion-outdated", "The recipe that this was suggested for is no longer in use; the next run suggests anew.");
    public static readonly Error NoSuchSuggestion = new(ErrorKind.NotFound, "linkage.no-such-suggestion", "There is no open suggestion with this identity.");
    public static readonly Error CertificateSame = new(ErrorKind.Conflict, "linkage.certificate-same", "The device's certificate has not changed.");
    public static readonly Error NoSuchRecording = new(ErrorKind.NotFound, "linkage.no-such-recording", "There is no recording of yours with this identity: recordings are held in memory, and end with a restart of the program or two hours after their end. Record again.");
    public static readonly Error RecordingEnded = new(ErrorKind.Conflict, "linkage.recording-ended", "The recording has ended; its steps can still be changed and kept.");
    public static readonly Error CannotRecord = new(ErrorKind.Conflict, "linkage.cannot-record", "The console can't be opened now: {reason}.");
    public static readonly Error NotForSockets = new(ErrorKind.Invalid, "linkage.not-a-socket", "The screen of a recording is told over a WebSocket only.");
    public static readonly Error NoTestAddress = new(ErrorKind.Invalid, "linkage.no-test-address", "{value} can't be blocked for a test; choose another address.", Field: "Target");
    public static readonly Error NoSuchStep = new(ErrorKind.NotFound, "linkage.no-such-step", "This step is no longer there.");
    public static readonly Error NotAParameter = new(ErrorKind.Invalid, "linkage.not-a-parameter", "{value} is no name of a parameter: small letters, digits and low lines, a letter first.", Field: "Varies");
    public static readonly Error NothingRecorded = new(ErrorKind.Conflict, "linkage.nothing-recorded", "What is to be done is not recorded: there is no step that does it.");
    public static readonly Error NoPointOfNoReturn = new(ErrorKind.Conflict, "linkage.no-point-of-no-return", "No step of the block counts as the one that sends it; choose one.");
    public static readonly Error NoProof = new(ErrorKind.Conflict, "linkage.no-proof", "Nothing proves it: under \"Proof\", mark the row or the figure that shows it.");
    public static readonly Error NoState = new(ErrorKind.Conflict, "linkage.no-state", "The row was there before: mark the cell of the row that shows what was done, such as its state.");
    public static readonly Error NoWayToList = new(ErrorKind.Conflict, "linkage.no-way-to-list", "The way to the list is not recorded: under \"Proof\", go to it from the menu.");
    public static readonly Error StepUnclear = new(ErrorKind.Conflict, "linkage.step-unclear", "Step \"{step}\" can't be told apart well enough ({score} of {need} points); choose another way to find it or record it again.");
    public static readonly Error InverseUnclear = new(ErrorKind.Conflict, "linkage.inverse-unclear", "The recorded unblocking presses nothing on the list after the row was there; record it again, or remove its steps to have it written from the list.");
    public static readonly Error NotRehearsed = new(ErrorKind.Conflict, "linkage.not-rehearsed", "Rehearse this recipe first and look at its pictures.");
    public static readonly Error NotForThisDevice = new(ErrorKind.Invalid, "linkage.not-for-this-device", "This recipe is not for this device.", Field: "Device");
}
