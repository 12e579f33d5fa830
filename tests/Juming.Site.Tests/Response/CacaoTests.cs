using System.Text.Json.Nodes;
using Juming.Site.Response.Cacao;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Site.Tests.Response;

/// <summary>CACAO 2.0 documents are read strictly, with pointer and reason for what is wrong, and keep what nobody here knows.</summary>
[Category("S3.1")]
internal sealed class CacaoTests
{
    private static readonly object Plain = new
    {
        start = new { type = "start", on_completion = "act" },
        act = new { type = "action", commands = ResponseBench.Do("tally"), on_completion = "end" },
        end = new { type = "end" },
    };

    [TestCase("soarca_playbook.json"), TestCase("soarca_http-playbook.json"), TestCase("soarca_manual-playbook.json"), TestCase("soarca_parallels_playbook.json"), TestCase("soarca_ssh-playbook.json")]
    public void Public_playbooks_are_read_and_written_back_whole(string name)
    {
        var json = File.ReadAllText(SharedData.Require("playbooks/" + name));
        var reading = PlaybookReader.Read(json);
        Assert.That(reading.Problems.Where(p => p.Rank == ProblemRank.Refused).Select(p => $"{p.Pointer} {p.Code}"), Is.Empty);
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse(PlaybookReader.Write(reading.Document!)), JsonNode.Parse(json)), Is.True);
    }

    [Test]
    public void The_public_invalid_playbook_is_refused_where_it_is_wrong()
    {
        var reading = PlaybookReader.Read(File.ReadAllText(SharedData.Require("playbooks/soarca_invalid_playbook.json")));
        var wrong = reading.Problems.Single(p => p.Rank == ProblemRank.Refused);
        Assert.That((wrong.Pointer, wrong.Code), Is.EqualTo(("/agent_definitions/http-api--7e9174ec-a293-43df-a72d-471c79e276bf/type", "wrong-kind")));
    }

    [TestCase("{", "", "not-json")]
    [TestCase("[]", "", "wrong-type")]
    [TestCase("{\"a\":1,\"a\":2}", "", "not-json")]
    public void What_is_no_document_is_refused(string json, string pointer, string code)
    {
        var problem = PlaybookReader.Read(json).Problems[0];
        Assert.That((problem.Pointer, problem.Code), Is.EqualTo((pointer, code)));
    }

    [Test]
    public void Size_and_depth_are_bounded()
    {
        Assert.That(PlaybookReader.Read(new string(' ', PlaybookReader.MostCharacters + 1)).Problems[0].Code, Is.EqualTo("too-large"));
        Assert.That(PlaybookReader.Read("{\"a\":" + new string('[', 50) + new string(']', 50) + "}").Problems[0].Code, Is.EqualTo("not-json"));
        var many = (JsonObject)JsonNode.Parse(ResponseBench.Document("start", Plain))!;
        for (var i = 0; i < PlaybookReader.MostSteps; i++) many["workflow"]![$"end--{Guid.NewGuid()}"] = new JsonObject { ["type"] = "end" };
        Assert.That(PlaybookReader.Read(many).Problems.Select(p => p.Code), Does.Contain("too-many"));
    }

    [TestCase("id", "\"nonsense\"", "/id", "bad-identifier")]
    [TestCase("id", "\"action--61a6c41e-6efc-4516-a242-dfbc5c89d562\"", "/id", "wrong-kind")]
    [TestCase("id", "7", "/id", "wrong-type")]
    [TestCase("spec_version", "\"1.1\"", "/spec_version", "wrong-value")]
    [TestCase("created", "\"yesterday\"", "/created", "bad-instant")]
    [TestCase("priority", "101", "/priority", "out-of-range")]
    [TestCase("labels", "[]", "/labels", "too-few")]
    [TestCase("workflow_start", "\"start--61a6c41e-6efc-4516-a242-dfbc5c89d562\"", "/workflow_start", "no-such-step")]
    [TestCase("playbook_variables", "{\"x\":{\"type\":\"string\"}}", "/playbook_variables/x", "bad-variable-name")]
    [TestCase("playbook_variables", "{\"__a/b~__\":{\"type\":\"string\"}}", "/playbook_variables/__a~1b~0__", "bad-variable-name")]
    [TestCase("playbook_variables", "{\"__x__\":{}}", "/playbook_variables/__x__/type", "missing")]
    [TestCase("workflow", "null", "/workflow", "wrong-type")]
    public void A_wrong_member_is_named_by_its_pointer(string member, string value, string pointer, string code)
    {
        var document = (JsonObject)JsonNode.Parse(ResponseBench.Document("start", Plain))!;
        document[member] = JsonNode.Parse(value);
        Assert.That(PlaybookReader.Read(document).Problems.Select(p => (p.Pointer, p.Code)), Does.Contain((pointer, code)));
    }

    [Test]
    public void Steps_that_lead_nowhere_in_circles_or_both_ways_are_refused()
    {
        var document = (JsonObject)JsonNode.Parse(ResponseBench.Document("a", new
        {
            a = new { type = "action", commands = ResponseBench.Do("tally"), on_completion = "b", on_failure = "b" },
            b = new { type = "action", commands = ResponseBench.Do("tally"), on_success = "a" },
            c = new { type = "if-condition", condition = "__x__:value >", on_true = "a" },
        }))!;
        document["workflow"]![$"end--{Guid.NewGuid()}"] = new JsonObject { ["type"] = "end", ["on_completion"] = $"end--{Guid.NewGuid()}" };
        document["workflow"]!["action--oops"] = new JsonObject { ["type"] = "action" };
        Assert.That(PlaybookReader.Read(document).Problems.Where(p => p.Rank == ProblemRank.Refused).Select(p => p.Code), Is.SupersetOf(new[] { "both-ways", "endless", "expression", "end-goes-on", "no-such-step", "bad-identifier" }));
    }

    [Test]
    public void A_loop_is_a_while_and_no_circle()
    {
        var document = ResponseBench.Document("loop", new
        {
            loop = new { type = "while-condition", condition = "__n__:value < 3", on_true = "act", on_completion = "end" },
            act = new { type = "action", commands = ResponseBench.Do("tally"), on_completion = "loop" },
            end = new { type = "end" },
        });
        Assert.That(PlaybookReader.Read(document).Problems.Where(p => p.Rank == ProblemRank.Refused), Is.Empty);
    }

    [Test]
    public void Unknown_words_and_extensions_stay()
    {
        var document = (JsonObject)JsonNode.Parse(ResponseBench.Document("start", Plain))!;
        document["x_acme"] = new JsonObject { ["深"] = new JsonArray(1, "二", null) };
        document["playbook_types"] = new JsonArray("something-new");
        var reading = PlaybookReader.Read(document.ToJsonString());
        Assert.That(reading.IsRefused, Is.False);
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse(PlaybookReader.Write(reading.Document!)), document), Is.True);
    }

    [Test]
    public void Passwords_in_a_playbook_are_not_kept()
    {
        var document = (JsonObject)JsonNode.Parse(File.ReadAllText(SharedData.Require("playbooks/soarca_ssh-playbook.json")))!;
        Assert.That(PlaybookReader.Read(document).Problems.Select(p => p.Code), Does.Contain("secret-dropped"));
        InlineSecrets.Drop(document);
        Assert.That(document.ToJsonString(), Does.Not.Contain("\"password\":").And.Contain("\"kms\":true"));
    }
}
