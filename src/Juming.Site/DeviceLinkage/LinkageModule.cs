using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Platform.Access;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Juming.Site.Blocking;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Captcha;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Learning;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.Recipes.Delivered;
using Juming.Site.DeviceLinkage.Recorder;
using Juming.Site.DeviceLinkage.Register;
using Juming.Site.DeviceLinkage.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Juming.Site.DeviceLinkage;

/// <summary>Drives devices that have nothing but a web page, a user name and a password, as a person would.</summary>
public sealed class LinkageModule : Module
{
    /// <inheritdoc/>
    public override string Name => "linkage";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<LinkageSettings>("Modules:Linkage");
        services.AddSingleton<ChromiumHost>().AddSingleton<DeviceTurns>().AddSingleton<SessionStore>().AddSingleton<ParkedWindows>().AddSingleton<RunDesk>().AddSingleton<RecipeCache>().AddSingleton<CaptchaReader>().AddSingleton<IRunPoints, NoPoints>();
        services.AddScoped<RecipeShelf>().AddScoped<SuggestionReader>().AddScoped<LinkageUpkeep>().AddScoped<ConsoleBlocks>().AddScoped<IDeviceConsoles, DeviceConsoles>();
        services.AddScoped<IPackTaker, RecipePacks>();
        services.AddSingleton<RecordingDesk>().AddScoped<RecordingScreen>();
        services.AddSingleton(new NoticeKind(HealingNotice.Code, typeof(LinkageTexts), Role.SecurityAdmin));
        services.AddSingleton(new NoticeKind(DeviceAlarm.Code, typeof(LinkageTexts), Role.Analyst, Role.SecurityAdmin));
        services.AddSingleton<ConsoleExecutor>().AddSingleton<IBlockExecutor>(p => p.GetRequiredService<ConsoleExecutor>()).AddSingleton<IProtectedSource>(p => p.GetRequiredService<ConsoleExecutor>()).AddHostedService(p => p.GetRequiredService<ConsoleExecutor>());
        services.TryAddSingleton<IProtectedAddresses, NothingMayBeBlocked>();
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("assets", "Devices", "/linkage", LinkageRead.Code, 40, "link", typeof(LinkageTexts))];

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs => [new("linkage-upkeep", "41 3 * * *", (services, ct) => services.GetRequiredService<LinkageUpkeep>().Run(ct))];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("devices", async (Sender sender, [Description("Part of name, address, vendor or model"), StringLength(200)] string? text, [Description("Group, whole"), StringLength(100)] string? group, DeviceState? state, [Description("Rows passed over"), Range(0, 100_000)] int? skip, [Description("Rows of the page, 50 by default"), Range(1, 200)] int? limit, CancellationToken ct) => (await sender.Send(new ListDevices { Text = text, Group = group, State = state, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<DevicePage>("Devices of the register by name, one page at a time.");
        routes.MapGet("devices/{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new GetDevice(id), ct)).ToHttp()).Answers<DeviceView>("One device; its secrets are told only as being there.");
        routes.MapPost("devices", async (Sender sender, DeviceBody body, CancellationToken ct) => (await sender.Send(body.ToCommand(), ct)).ToHttp()).Answers<Guid>("Puts a device into the register; answers with its identity.");
        routes.MapPatch("devices/{id:guid}", async (Sender sender, Guid id, DevicePatch patch, CancellationToken ct) => (await sender.Send(patch.ToCommand(id), ct)).ToHttp()).Answers<Done>("Changes a device; what is absent stays as it is.");
        routes.MapDelete("devices/{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new RemoveDevice(id), ct)).ToHttp()).Answers<Done>("Takes a device and its secrets out of the register.");
        routes.MapPost("devices/{id:guid}/test", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new TestDevice(id, Guid.CreateVersion7()), ct)).ToHttp()).Answers<RunVerdict>("Signs in once and looks; answers when it has ended.");
        routes.MapPost("devices/{id:guid}/explore", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new ExploreDevice(id, Guid.CreateVersion7()), ct)).ToHttp()).Answers<ExploreVerdict>("Looks for the way to block an address and rehearses it; answers with a draft.");
        routes.MapPost("devices/{id:guid}/ready/{capability}", async (Sender sender, Guid id, string capability, CancellationToken ct) => (await sender.Send(new DraftReady(id, capability), ct)).ToHttp()).Answers<Guid>("Makes a draft of a recipe that comes with the program: isolate-host, release-host, disable-account, enable-account.");
        routes.MapGet("recipes", async (Sender sender, RecipeState? state, [Description("True for recipes with a suggestion that waits")] bool? suggested, Guid? device, [Description("Rows passed over"), Range(0, 100_000)] int? skip, [Description("Rows of the page, 50 by default"), Range(1, 200)] int? limit, CancellationToken ct) => (await sender.Send(new ListRecipes { State = state, Suggested = suggested ?? false, Device = device, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<RecipePage>("Recipes, drafts first, one page at a time.");
        routes.MapGet("recipes/{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new GetRecipe(id), ct)).ToHttp()).Answers<RecipeDossier>("One recipe with its text and what runs suggest for it.");
        routes.MapGet("recipes/{id:guid}/file", async (Sender sender, Guid id, CancellationToken ct) =>
        {
            var found = await sender.Send(new GetRecipe(id), ct);
            return found.Error is { } error ? error.ToHttp() : Results.File(System.Text.Encoding.UTF8.GetBytes(found.Value.Yaml), "application/yaml", $"{found.Value.Recipe.Name}.yaml");
        }).AnswersFile("A recipe as a file that another site can import.", "application/yaml");
        routes.MapPost("recipes", async (Sender sender, ImportRecipe recipe, CancellationToken ct) => (await sender.Send(recipe, ct)).ToHttp()).Answers<Guid>("Takes in a recipe as a draft; faulty ones are refused with line and reason.");
        routes.MapPost("recipes/{id:guid}/use", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new DecideRecipe(id, true), ct)).ToHttp()).Answers<Done>("Puts a draft to use.");
        routes.MapPost("recipes/{id:guid}/retire", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new DecideRecipe(id, false), ct)).ToHttp()).Answers<Done>("Puts a recipe away.");
        routes.MapPost("suggestions/{id:guid}/take", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new DecideSuggestion(id, true), ct)).ToHttp()).Answers<Done>("Takes what a run found on a changed console as the recipe's next version.");
        routes.MapPost("suggestions/{id:guid}/decline", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new DecideSuggestion(id, false), ct)).ToHttp()).Answers<Done>("Turns a suggestion down.");
        routes.MapPost("recipes/{id:guid}/try", async (Sender sender, Guid id, TrialBody trial, CancellationToken ct) => (await sender.Send(new TryRecipe(id, trial.Device, trial.Target, trial.Real, Guid.CreateVersion7()), ct)).ToHttp()).Answers<TrialVerdict>("Rehearses a recipe on a device, or really blocks, reads back and unblocks a test address.");
        // Any method: over HTTP/2 a socket is opened by CONNECT.
        routes.Map("recordings/{id:guid}/screen", (RecordingScreen screen, HttpContext http, Guid id) => screen.Serve(http, id));
        routes.MapGet("runs", async (Sender sender, Guid? device, RunState? state, [Description("Rows passed over"), Range(0, 100_000)] int? skip, [Description("Rows of the page, 50 by default"), Range(1, 200)] int? limit, CancellationToken ct) => (await sender.Send(new ListRuns { Device = device, State = state, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<RunPage>("Runs, the latest first, one page at a time.");
        routes.MapGet("runs/{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new GetRun(id), ct)).ToHttp()).Answers<RunDossier>("One run with its film.");
        routes.MapGet("runs/{id:guid}/pictures/{name}", async (Sender sender, HttpContext http, Guid id, string name, CancellationToken ct) =>
        {
            var read = await sender.Send(new ReadPicture(id, name), ct);
            if (read.Error is { } error) return error.ToHttp();
            http.Response.Headers.CacheControl = "private, max-age=3600";
            return Results.File(read.Value, "image/jpeg");
        }).AnswersFile("A picture of a run, secrets covered.", "image/jpeg");
    }
}

/// <summary>Body that enters a device.</summary>
internal sealed record DeviceBody(string Name, string Address, string Account, string Password, string AuthorisedBy, string AuthorisedReference, string? Vendor = null, string? Model = null, string? Group = null, string? Business = null, string? Seed = null, string? Language = null, bool TakesOver = false, int? Capacity = null)
{
    public AddDevice ToCommand() => new(Name, Address, Account, new Secret(Password ?? ""), AuthorisedBy, AuthorisedReference) { Vendor = Vendor ?? "", Model = Model ?? "", Group = Group ?? "", Business = Business ?? "", Seed = new Secret(Seed ?? ""), Language = Language ?? "zh", TakesOver = TakesOver, Capacity = Capacity };
}

/// <summary>Body of a PATCH; what is absent stays as it is.</summary>
internal sealed record DevicePatch(long? Version = null, string? Name = null, string? Vendor = null, string? Model = null, string? Group = null, string? Business = null, string? Account = null, string? Password = null, string? Seed = null, string? Language = null, bool? TakesOver = null, int? Capacity = null, bool AcceptCertificate = false)
{
    public ChangeDevice ToCommand(Guid id) => new(id) { Version = Version, Name = Name, Vendor = Vendor, Model = Model, Group = Group, Business = Business, Account = Account, Password = Password is null ? null : new Secret(Password), Seed = Seed is null ? null : new Secret(Seed), Language = Language, TakesOver = TakesOver, Capacity = Capacity, AcceptCertificate = AcceptCertificate };
}

/// <summary>Body that tries a recipe.</summary>
internal sealed record TrialBody(Guid Device, string Target, bool Real = false);
