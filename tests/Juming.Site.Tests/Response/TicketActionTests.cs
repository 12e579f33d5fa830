using Juming.Site.Response;
using Juming.Site.Response.Rehearsal;
using Juming.Site.Response.Runs;
using Juming.Site.Tickets;
using Juming.Site.Tickets.Work;
using NUnit.Framework;
using static Juming.Site.Tests.Response.ResponseBench;

namespace Juming.Site.Tests.Response;

/// <summary>Tickets that playbooks open.</summary>
[Category("S3.2")]
internal sealed class TicketActionTests
{
    private ResponseBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await ResponseBench.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _bench.DisposeAsync();

    private static string Step(object args) => Document("work", new { work = new { type = "action", commands = Do("create-ticket", args), out_args = new[] { "__ticket__" } } }, variables: new { __ticket__ = new { type = "string" } });

    private async Task<TicketDossier> Read(string number) => (await _bench.Site.Send(new GetTicket(number))).Value;

    [Test]
    public async Task A_run_opens_one_ticket_and_takes_it_back_while_nobody_has_begun()
    {
        var playbook = await _bench.Publish(Step(new { title = "Change\nthe password", details = "of jane", priority = "high", minutes = "60" }));
        Assert.That((await _bench.Site.Send(new RehearsePlaybook(playbook, null, false, null))).Value.Failure, Is.Empty);
        Assert.That((await _bench.Site.Send(new ListTickets { Text = "password" })).Value.Total, Is.Zero, "a dry run opens nothing");
        var run = await _bench.Over(await _bench.Begin(playbook));
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), run.Brief.Failure);
        var ticket = await Read(run.Variables["__ticket__"]);
        Assert.That((ticket.Brief.Title, ticket.Brief.Priority, ticket.Brief.OpenedBy, ticket.Details), Is.EqualTo(("Change the password", TicketPriority.High, run.Brief.Number, "of jane")));
        await _bench.Site.Send(new RollBackRun(run.Brief.Number));
        await _bench.Until(run.Brief.Number, r => r.Brief.State == RunState.RolledBack);
        Assert.That((await Read(ticket.Brief.Number)).Brief.State, Is.EqualTo(TicketState.Cancelled));
    }

    [Test]
    public async Task A_ticket_that_somebody_works_on_is_not_taken_back_and_the_run_says_why()
    {
        var run = await _bench.Run(Step(new { title = "Look at srv-1" }));
        var ticket = (await Read(run.Variables["__ticket__"])).Brief;
        await _bench.Site.Send(new ChangeTicket(ticket.Id, ticket.Version) { State = TicketState.Started });
        await _bench.Site.Send(new RollBackRun(run.Brief.Number));
        var after = await _bench.Until(run.Brief.Number, r => r.Steps.Single().State == StepState.UndoFailed);
        Assert.That(after.Steps.Single().Code, Is.EqualTo("tickets.begun-already"));
        Assert.That((await Read(ticket.Number)).Brief.State, Is.EqualTo(TicketState.Started));
    }

    [TestCase("", "", "bad-input")]
    [TestCase("x", "soon", "bad-input")]
    [TestCase("x", "-5", "bad-input")]
    public async Task What_is_no_ticket_is_refused_in_the_dry_run_too(string title, string minutes, string code)
    {
        var run = await _bench.Run(Document("work", new { work = new { type = "action", commands = Do("create-ticket", new { title = "__title__:value", minutes }) } }, variables: new { __title__ = new { type = "string", value = title } }));
        Assert.That((run.Brief.State, run.Brief.Failure), Is.EqualTo((RunState.Failed, code)));
        Assert.That((await _bench.Site.Send(new RehearsePlaybook(run.Brief.Playbook, null, false, null))).Value.Failure, Is.EqualTo(code));
    }

    [Test]
    public async Task A_person_who_is_not_there_is_given_nothing() =>
        Assert.That((await _bench.Run(Step(new { title = "x", assignee = "nobody-here" }))).Brief.Failure, Is.EqualTo("no-such-person"));
}
