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
    public static readonly Error NotADraft = new(ErrorKind.Conflict, "linkage.not-a-draft", "This recipe was decided on already.");
    public static readonly Error NoSuchSuggestion = new(ErrorKind.NotFound, "linkage.no-such-suggestion", "There is no open suggestion with this identity.");
    public static readonly Error CertificateSame = new(ErrorKind.Conflict, "linkage.certificate-same", "The device's certificate has not changed.");
}
