using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text;
using Juming.Platform.Access;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Engine;
using Juming.Site.Response.Playbooks;
using Juming.Site.Response.Playbooks.Delivered;
using Juming.Site.Response.Ready;
using Juming.Site.Response.Rehearsal;
using Juming.Site.Response.Runs;
using Juming.Site.Response.Secrets;
using Juming.Site.Response.Triggering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Response;

/// <summary>Keeps playbooks and runs them, so that what was begun is finished once, whatever happens to the process.</summary>
public sealed class ResponseModule : Module
{
    /// <inheritdoc/>
    public override string Name => "response";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<ResponseSettings>("Modules:Response");
        services.AddSingleton(new NoticeKind("response.message", typeof(ResponseTexts), Role.Analyst, Role.SecurityAdmin));
        services.AddSingleton<PlaybookShelf>().AddSingleton<RunNumbers>().AddSingleton<IRunPoints, NoPoints>();
        services.AddSingleton<RunDesk>().AddHostedService(p => p.GetRequiredService<RunDesk>());
        services.AddScoped<IPackTaker, PlaybookPacks>();
        services.AddScoped<ActionBook>().AddScoped<StepRunner>().AddScoped<RunStarter>().AddScoped<TriggerDesk>().AddScoped<Rehearser>().AddScoped<ResponseUpkeep>();
        services.AddScoped<IResponseAction, BlockAddress>().AddScoped<IResponseAction, UnblockAddress>().AddScoped<IResponseAction, RunRecipe>();
        services.AddScoped<IResponseAction, AskPerson>().AddScoped<IResponseAction, NotifyPeople>().AddScoped<IResponseAction, Wait>().AddScoped<IResponseAction, RunPlaybook>();
        services.AddScoped<IResponseAction, CommentIncident>().AddScoped<IResponseAction, AssignIncident>().AddScoped<IResponseAction, MoveIncident>().AddScoped<IResponseAction, LookUpAddress>();
        services.AddScoped<SecretShelf>().AddScoped<IResponseAction, HttpCall>().AddScoped<IResponseAction, SendToChannel>().AddScoped<IResponseAction, TagAsset>().AddScoped<IResponseAction, UntagAsset>().AddScoped<IResponseAction, WatchValue>().AddScoped<IResponseAction, UnwatchValue>().AddScoped<IResponseAction, CreateTicket>();
        services.AddScoped<IResponseAction, IsolateHost>().AddScoped<IResponseAction, ReleaseHost>().AddScoped<IResponseAction, DisableAccount>().AddScoped<IResponseAction, EnableAccount>();
        services.AddScoped<IResponseAction, SshCommand>().AddScoped<IResponseAction, HardenHost>().AddScoped<IResponseAction, ChangeRights>();
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("response", "Playbooks", "/playbooks", ResponseRead.Code, 40, "rule", typeof(ResponseTexts)), new("response", "Runs", "/runs", ResponseRead.Code, 41, "ledger", typeof(ResponseTexts), "/playbooks"), new("response", "Secrets", "/secrets", ResponseWrite.Code, 42, "key", typeof(ResponseTexts), "/playbooks")];

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs =>
    [
        new("response-schedules", "* * * * *", (services, ct) => services.GetRequiredService<TriggerDesk>().LookAtSchedules(ct)),
        new("response-upkeep", "41 3 * * *", (services, ct) => services.GetRequiredService<ResponseUpkeep>().Run(ct)),
    ];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        MapPlaybooks(routes);
        MapRuns(routes);
        MapSecrets(routes);
        routes.MapGet("actions", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListActions(), ct)).ToHttp()).Answers<IReadOnlyList<ActionView>>("Actions that this site offers, with inputs, effect, inverse and proof.");
        routes.MapPost("actions/{code}/probe", async (Sender sender, [Description("Code of the action, block-ip")] string code, CancellationToken ct) => (await sender.Send(new ProbeAction(code), ct)).ToHttp()).Answers<ProbeView>("Tries whether an action could work now, without doing anything.");
        routes.MapGet("ready", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListReady(), ct)).ToHttp()).Answers<IReadOnlyList<ReadyView>>("Ready playbooks that can be taken over.");
        routes.MapPost("ready/{name}", async (Sender sender, [Description("Name of the ready playbook")] string name, CancellationToken ct) => (await sender.Send(new TakeReady(name), ct)).ToHttp()).Answers<DraftState>("Takes a ready playbook over as a draft.");
    }

    private static void MapPlaybooks(IEndpointRouteBuilder routes)
    {
        routes.MapGet("playbooks", async (Sender sender, [Description("Part of the name"), StringLength(200)] string? text, [Range(0, 100_000)] int? skip, [Range(1, 200)] int? limit, CancellationToken ct) => (await sender.Send(new ListPlaybooks(text, skip ?? 0, limit ?? 50), ct)).ToHttp()).Answers<PlaybookRows>("Playbooks by name, one page at a time.");
        routes.MapPost("playbooks", async (Sender sender, HttpRequest request, CancellationToken ct) => (await sender.Send(new ImportPlaybook(await Body(request, ct)), ct)).ToHttp()).Reads("A CACAO 2.0 playbook.", "application/json").Answers<DraftState>("Takes a CACAO 2.0 playbook as a draft; what is wrong is named by JSON pointer and reason.");
        routes.MapPost("check", async (Sender sender, HttpRequest request, CancellationToken ct) => (await sender.Send(new CheckPlaybook(await Body(request, ct)), ct)).ToHttp()).Reads("A CACAO 2.0 playbook.", "application/json").Answers<IReadOnlyList<ProblemView>>("What is wrong with a playbook, by JSON pointer and reason; nothing is kept.");
        routes.MapGet("playbooks/{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new GetPlaybook(id), ct)).ToHttp()).Answers<PlaybookView>("One playbook with its draft, problems and versions.");
        routes.MapPut("playbooks/{id:guid}/draft", async (Sender sender, Guid id, [Description("Revision that the change was made on")] long? revision, HttpRequest request, CancellationToken ct) => (await sender.Send(new SaveDraft(id, revision ?? 0, await Body(request, ct)), ct)).ToHttp()).Reads("A CACAO 2.0 playbook.", "application/json").Answers<DraftState>("Puts another document in the place of the draft.");
        routes.MapPost("playbooks/{id:guid}/publish", async (Sender sender, Guid id, PublishBody body, CancellationToken ct) => (await sender.Send(new PublishPlaybook(id, body.Revision, body.Note ?? ""), ct)).ToHttp()).Answers<PublishedVersion>("Makes the draft the version in force.");
        routes.MapPost("playbooks/{id:guid}/switch", async (Sender sender, Guid id, SwitchBody body, CancellationToken ct) => (await sender.Send(new SwitchPlaybook(id, body.On), ct)).ToHttp()).Answers<Done>("Lets the version in force start by itself, or no longer.");
        routes.MapPost("playbooks/{id:guid}/rehearse", async (Sender sender, Guid id, RehearseBody body, CancellationToken ct) => (await sender.Send(new RehearsePlaybook(id, body.Incident, body.Draft, body.Inputs), ct)).ToHttp()).Answers<RehearsedRun>("Shows what it would do about an incident, doing nothing.");
        routes.MapPost("playbooks/{id:guid}/replay", async (Sender sender, Guid id, ReplayBody body, CancellationToken ct) => (await sender.Send(new ReplayPlaybook(id, body.Days, body.Draft), ct)).ToHttp()).Answers<ReplayReport>("Shows what it would have done by itself on the last days.");
        routes.MapGet("playbooks/{id:guid}/export", async (Sender sender, Guid id, [Description("A published version; the draft without")] int? version, CancellationToken ct) =>
        {
            var written = await sender.Send(new ExportPlaybook(id, version), ct);
            return written.Error is { } error ? error.ToHttp() : Results.File(Encoding.UTF8.GetBytes(written.Value.Content), "application/json", written.Value.Name);
        }).AnswersFile("The playbook as a CACAO 2.0 file.", "application/json");
    }

    private static void MapRuns(IEndpointRouteBuilder routes)
    {
        routes.MapPost("playbooks/{id:guid}/start", async (Sender sender, Guid id, StartBody body, CancellationToken ct) => (await sender.Send(new StartRun(id, body.Incident, body.Inputs, body.Key), ct)).ToHttp()).Answers<StartedRun>("Starts the version in force by hand.");
        routes.MapGet("runs", async (Sender sender, Guid? playbook, string? incident, RunState? state, [Range(0, 100_000)] int? skip, [Range(1, 200)] int? limit, CancellationToken ct) => (await sender.Send(new ListRuns { Playbook = playbook, Incident = incident, State = state, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<RunRows>("Runs, the latest first, one page at a time.");
        routes.MapGet("runs/{run}", async (Sender sender, [Description(RunName)] string run, CancellationToken ct) => (await sender.Send(new GetRun(run), ct)).ToHttp()).Answers<RunView>("One run with each step's input, output, time and evidence.");
        routes.MapPost("runs/{run}/stop", async (Sender sender, [Description(RunName)] string run, CancellationToken ct) => (await sender.Send(new StopRun(run), ct)).ToHttp()).Answers<Done>("Stops a run: what acts is waited for, nothing more begins.");
        routes.MapPost("runs/{run}/rollback", async (Sender sender, [Description(RunName)] string run, CancellationToken ct) => (await sender.Send(new RollBackRun(run), ct)).ToHttp()).Answers<Done>("Takes back what a run did, the last first.");
        routes.MapPost("runs/{run}/steps/{step:guid}/retry", async (Sender sender, [Description(RunName)] string run, Guid step, CancellationToken ct) => (await sender.Send(new RetryStep(run, step), ct)).ToHttp()).Answers<Done>("Tries a step of a failed run again; the run goes on from there.");
        routes.MapPost("runs/{run}/steps/{step:guid}/settle", async (Sender sender, [Description(RunName)] string run, Guid step, SettleBody body, CancellationToken ct) => (await sender.Send(new SettleStep(run, step, body.WasDone), ct)).ToHttp()).Answers<Done>("Says what became of a step that broke off, after a person looked.");
    }

    private static void MapSecrets(IEndpointRouteBuilder routes)
    {
        routes.MapGet("secrets", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListSecrets(), ct)).ToHttp()).Answers<IReadOnlyList<SecretView>>("Names of secrets that steps may send, and where to; never the secrets.");
        routes.MapPut("secrets/{name}", async (Sender sender, [Description(SecretName)] string name, SecretBody body, CancellationToken ct) => (await sender.Send(new KeepSecret(name, body.Origin ?? "", body.Value), ct)).ToHttp()).Answers<Done>("Keeps a secret under a name, for one host; it can't be read back.");
        routes.MapGet("secrets/{name}/use", async (Sender sender, [Description(SecretName)] string name, CancellationToken ct) => (await sender.Send(new FindSecretUse(name), ct)).ToHttp()).Answers<IReadOnlyList<SecretUse>>("Playbooks that name a secret.");
        routes.MapDelete("secrets/{name}", async (Sender sender, [Description(SecretName)] string name, CancellationToken ct) => (await sender.Send(new RemoveSecret(name), ct)).ToHttp()).Answers<Done>("Forgets a secret.");
    }

    private const string SecretName = "Name that steps use";

    private const string RunName = "Identity, or short number such as RUN-2026-0012";

    private static async Task<Secret> Body(HttpRequest request, CancellationToken ct)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        // One character more than is taken, so that what is longer is refused and not cut.
        var most = new char[Cacao.PlaybookReader.MostCharacters + 1];
        return new Secret(new string(most, 0, await reader.ReadBlockAsync(most.AsMemory(), ct)));
    }
}

/// <summary>Body of a publication.</summary>
internal sealed record PublishBody(long Revision, string? Note);

/// <summary>Body of a switch.</summary>
internal sealed record SwitchBody(bool On);

/// <summary>Body of a rehearsal.</summary>
internal sealed record RehearseBody(string? Incident, bool Draft, IReadOnlyDictionary<string, string>? Inputs);

/// <summary>Body of a replay.</summary>
internal sealed record ReplayBody(int Days, bool Draft);

/// <summary>Body of a start.</summary>
internal sealed record StartBody(string? Incident, IReadOnlyDictionary<string, string>? Inputs, string? Key);

/// <summary>Body of a settlement.</summary>
internal sealed record SettleBody(bool WasDone);

/// <summary>Body of a secret.</summary>
/// <param name="Origin">Address whose scheme, host and port it may be sent to, "https://soar.example.cn:8443".</param>
/// <param name="Value">The secret.</param>
internal sealed record SecretBody(string? Origin, Secret Value);
