// What ServiceNow gives to a script on its server, as thin as the example needs it: rows in memory, and requests that
// are really sent, by the browser and to the server that its page is of.
const tables = { incident: [], sys_journal_field: [] };
const properties = {};
const errors = [];

const Class = {
  create: () =>
    function () {
      this.initialize();
    },
};

const gs = {
  getProperty: (name) => properties[name],
  daysAgo: () => '',
  error: (words) => errors.push(words),
};

function journal(incident, element, value) {
  const row = { sys_id: `j${tables.sys_journal_field.length}`, element_id: incident, element, value };
  tables.sys_journal_field.push({ ...row, sys_created_on: String(tables.sys_journal_field.length).padStart(4, '0') });
}

class GlideRecord {
  constructor(table) {
    this.table = table;
    this.conditions = [];
    this.sorted = (rows) => rows;
  }
  addQuery(name, operator, value) {
    const isGreater = value !== undefined;
    this.conditions.push((row) => (isGreater ? row[name] > value : row[name] === operator));
  }
  orderBy(name) {
    this.sorted = (rows) => [...rows].sort((a, b) => (a[name] < b[name] ? -1 : 1));
  }
  orderByDesc(name) {
    this.sorted = (rows) => [...rows].sort((a, b) => (a[name] > b[name] ? -1 : 1));
  }
  setLimit(most) {
    this.most = most;
  }
  query() {
    const found = tables[this.table].filter((row) => this.conditions.every((fits) => fits(row)));
    this.rows = this.sorted(found).slice(0, this.most);
  }
  next() {
    this.row = this.rows.shift();
    return Boolean(this.row);
  }
  getValue(name) {
    const value = this.row[name];
    return value === undefined || value === '' ? null : String(value);
  }
  getDisplayValue(name) {
    return this.row[`${name}.name`];
  }
  getUniqueValue() {
    return this.row.sys_id;
  }
  setValue(name, value) {
    this.row[name] = String(value);
  }
  update() {
    if (this.work_notes) {
      journal(this.row.sys_id, 'work_notes', this.work_notes);
      this.work_notes = '';
    }
  }
}

const sn_ws = {
  RESTMessageV2: class {
    constructor() {
      this.headers = [];
    }
    setHttpMethod(method) {
      this.method = method;
    }
    setEndpoint(address) {
      this.address = address;
    }
    setHttpTimeout() {}
    setRequestHeader(name, value) {
      this.headers.push([name, value]);
    }
    setRequestBody(body) {
      this.body = body;
    }
    execute() {
      const request = new XMLHttpRequest();
      request.open(this.method, this.address, false);
      this.headers.forEach(([name, value]) => request.setRequestHeader(name, value));
      request.send(this.body);
      return { getStatusCode: () => request.status, getBody: () => request.responseText };
    }
  },
};
