/*
 * ServiceNow: an incident that is assigned to the carrier opens a case in Guardia by the key of your company; its
 * comments become notes of the case, and what happens to the case becomes work notes of the incident.
 *
 * JavaScript as ServiceNow runs it on its server (ES5). It is put there in three parts, see README.md beside it:
 *   1. this file, as the script include "GuardiaCarrier";
 *   2. a business rule on [incident], async, after insert and update, with the script
 *        (function executeRule(current, previous) { new GuardiaCarrier().send(current); })(current, previous);
 *   3. a scheduled script, each minute: new GuardiaCarrier().readBack();
 *
 * correlation_display says "Guardia" from then on; correlation_id holds "report 17" until the report has become a case,
 * then the number of the case. Neither changes what the condition of the business rule looks at, so it runs once.
 */
var GuardiaCarrier = Class.create();

GuardiaCarrier.prototype = {
    REPORT: 'report ',
    IMPACTS: { '1': 'down', '2': 'degraded', '3': 'intermittent' },

    initialize: function () {
        this.address = gs.getProperty('guardia.address') + '/api/v2';
        this.key = gs.getProperty('guardia.key');
    },

    /* The business rule: report it once, then pass its comments on. */
    send: function (incident) {
        if (!incident.getValue('correlation_id')) {
            this.report(incident);
        }
        this.passCommentsOn(incident);
    },

    report: function (incident) {
        var answer = this.call('POST', '/cases', {
            circuit: incident.getDisplayValue('cmdb_ci'),
            symptoms: incident.getValue('short_description') + '\n' + (incident.getValue('description') || ''),
            impact: this.IMPACTS[incident.getValue('impact')] || 'down'
        }, incident.getUniqueValue());
        if (answer) {
            incident.setValue('correlation_id', answer['case'] ? answer['case'] : this.REPORT + answer.report);
        }
        incident.setValue('correlation_display', 'Guardia'); // without an answer readBack reports it again
        incident.update();
    },

    /* Each comment bears its own id as its key: one that was passed on already is not written twice. */
    passCommentsOn: function (incident) {
        var number = incident.getValue('correlation_id');
        if (!number || number.indexOf(this.REPORT) === 0) {
            return; // no number yet: readBack passes them on once there is one
        }
        var comment = new GlideRecord('sys_journal_field');
        comment.addQuery('element_id', incident.getUniqueValue());
        comment.addQuery('element', 'comments');
        comment.addQuery('sys_created_on', '>', gs.daysAgo(1)); // Guardia knows a key for two days
        comment.orderBy('sys_created_on');
        comment.query();
        while (comment.next()) {
            this.call('POST', '/cases/' + number + '/note', { text: comment.getValue('value') },
                comment.getUniqueValue());
        }
    },

    /* The scheduled script: what has become of each incident that Guardia has. */
    readBack: function () {
        var incident = new GlideRecord('incident');
        incident.addQuery('active', true);
        incident.addQuery('correlation_display', 'Guardia');
        incident.query();
        while (incident.next()) {
            this.readOne(incident);
        }
    },

    readOne: function (incident) {
        var known = incident.getValue('correlation_id');
        if (!known) {
            this.report(incident);
            return;
        }
        var found = known.indexOf(this.REPORT) === 0 ? this.caseOfReport(known.substring(this.REPORT.length))
            : this.call('GET', '/cases/' + known);
        if (!found) {
            return;
        }
        var words = 'Guardia ' + found.display_number + ': ' + found.stage + ', ' + found.status +
            (found.next_promise ? ', ' + found.next_promise.clock + ' by ' + found.next_promise.due_at : '') +
            (found.needs_confirmation ? ', waits for you to confirm that it works' : '');
        if (known !== String(found.number) || this.lastNote(incident).indexOf(words) < 0) {
            incident.setValue('correlation_id', found.number);
            incident.work_notes = words;
            incident.update();
        }
        if (known !== String(found.number)) {
            this.passCommentsOn(incident);
        }
    },

    caseOfReport: function (report) {
        var page = this.call('GET', '/cases?report=' + report);
        return page && page.items.length ? page.items[0] : null;
    },

    lastNote: function (incident) {
        var note = new GlideRecord('sys_journal_field');
        note.addQuery('element_id', incident.getUniqueValue());
        note.addQuery('element', 'work_notes');
        note.orderByDesc('sys_created_on');
        note.setLimit(1);
        note.query();
        return note.next() ? note.getValue('value') : '';
    },

    /* The answer as an object; null where Guardia refused or did not answer, which the log says. */
    call: function (method, path, body, idempotencyKey) {
        var request = new sn_ws.RESTMessageV2();
        request.setHttpMethod(method);
        request.setEndpoint(this.address + path);
        request.setHttpTimeout(20000);
        request.setRequestHeader('Authorization', 'Bearer ' + this.key);
        request.setRequestHeader('Accept-Language', 'en');
        if (body) {
            request.setRequestHeader('Content-Type', 'application/json');
            request.setRequestHeader('Idempotency-Key', idempotencyKey);
            request.setRequestBody(JSON.stringify(body));
        }
        try {
            var response = request.execute();
            var status = response.getStatusCode();
            if (status >= 200 && status < 300) {
                return JSON.parse(response.getBody());
            }
            gs.error('Guardia answered ' + status + ' to ' + method + ' ' + path + ': ' + response.getBody());
        } catch (lost) {
            gs.error('Guardia did not answer ' + method + ' ' + path + ': ' + lost);
        }
        return null;
    },

    type: 'GuardiaCarrier'
};
